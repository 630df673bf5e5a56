"""The design that Slipway succeeds, as its guide describes it, small and honest.

Where the guide leaves a choice, the faster one is taken: one connection and channel for the
publisher, transient events, no polling of an environment that runs at once, a shared TLS context.
"""
