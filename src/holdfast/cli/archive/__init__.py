"""Backups: what is in one, how it is made, checked and put back.

A backup is one file: a tar of the database's own dump, the practice's files and a manifest,
encrypted in the age format (https://age-encryption.org/v1, by pyrage) to a recipient whose private
identity is kept elsewhere. The installation's keys go into a file of their own, and the
list of deletions (`core.leaving.outside`) lies beside the archives.

Start with `make.make_backup`, `container.open_archive` and `restore.restore`.
"""
