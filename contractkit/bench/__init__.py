"""How the cost of `contractkit diff` grows with the documents."""
