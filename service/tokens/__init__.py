"""API tokens for CI and integrators."""
