"""What it costs to wait: thousands of environments in creation, and one worker."""
