"""What probes and operators are told."""
