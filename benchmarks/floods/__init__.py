"""What hostile clients cost everybody else: endless heads, slow heads, floods of sign-ins."""
