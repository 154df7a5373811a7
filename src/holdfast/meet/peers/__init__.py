"""Peer support: trained listeners and people who ask for one, in anonymous one-to-one chats.

Owns listeners, chats, blocks, reports, hand-overs. Start from `engine.matching`, `asking`,
`reporting`. May import core, safety and their facades only.
"""
