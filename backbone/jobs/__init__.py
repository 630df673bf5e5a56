"""Jobs: their states, who works on them, how they reach a worker, and what keeps them going."""
