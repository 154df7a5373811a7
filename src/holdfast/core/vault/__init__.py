"""The vault: what a person writes and nobody but them, and whom they choose, can read.

`engine` seals and opens (pure; the client's twin is `web/src/vault/engine`). The rest keeps what
arrives: public keys with their signed history, ways in (wraps), and versions of items with their
grants. The server never holds a key that opens any of it. Format: `docs/reference/vault-format.md`.
Imports `core` only. Start from `models`, `actions` and `engine.items`.
"""
