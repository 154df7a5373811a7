"""What can go wrong with a backup, told to the person who types the command."""

from __future__ import annotations


class BackupFault(Exception):
    """The backup or the restore did not happen; the message says why and what to do."""
