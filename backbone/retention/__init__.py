"""What becomes of rows that have served their time: archived if wanted, counted, and deleted."""
