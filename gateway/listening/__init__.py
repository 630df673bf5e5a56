"""Who listens: teams, their channels and streams, and how far each of them got."""
