"""The tests; a package, because a dependency installs another package of this name."""
