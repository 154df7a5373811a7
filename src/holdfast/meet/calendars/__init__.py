"""Calendars elsewhere: what of ours is seen there, and what of theirs blocks times here.

Owns feeds (a secret address), invitations by e-mail (iTIP), and accounts of staff on CalDAV servers
or read-only addresses, with the busy times that were found there. Start from `engine` (texts in and
out), `sync` (an account) and `dav` (the protocol).
"""
