"""Accounts, log-in, recovery, second factors. The server never sees a password."""
