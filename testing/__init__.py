"""The services that tests need: those that answer, else private ones from installed programs."""
