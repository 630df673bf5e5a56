"""How long a password may be; the contract says the same."""

MIN_PASSWORD = 12
"""Length is what protects a password (NIST SP 800-63B); there are no rules of composition."""

MAX_PASSWORD = 256
