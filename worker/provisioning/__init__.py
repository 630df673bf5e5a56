"""Provisioning: what a worker does at the hosting provider, in flows that survive being killed."""
