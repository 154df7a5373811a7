"""The vault's cryptography, as plain functions: keys, wraps, items and grants.

`docs/reference/vault-format.md` is the specification; `tests/vectors/vault.json` pins it, and the
client's twin (`web/src/vault/engine`) runs the same vectors. Every function takes the random bytes
that it needs, save the one-time key of HPKE, which the library draws.

Start from `items.seal`, `items.open_version` and `wraps.wrap`.
"""
