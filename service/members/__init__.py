"""Who is in a team and as what; invitations to it."""
