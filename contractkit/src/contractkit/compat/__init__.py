"""The breaking-change gate: decides by direction whether a change of contracts breaks someone."""
