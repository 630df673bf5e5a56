"""`slipway top`: the live system in the terminal, as its processes tell on their admin ports."""
