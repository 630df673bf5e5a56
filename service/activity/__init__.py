"""What happened in the team."""
