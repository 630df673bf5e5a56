"""The users of the installation, as platform operators see them."""
