"""`slipway admin`: teams, users, members, passwords, sessions, API tokens, keys, the audit log.

The commands work on the database that the settings name, so they need no running service.
"""
