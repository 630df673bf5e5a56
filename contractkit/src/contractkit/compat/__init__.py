"""The breaking-change gate: decides whether a change breaks readers or writers."""
