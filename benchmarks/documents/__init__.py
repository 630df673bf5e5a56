"""How soon a documentation page of 500 operations can be read and searched in Chromium."""
