"""Joining a visit: what a browser needs to reach the other side, and what is told of it meanwhile.

The visit itself is `meet.encounters`'; this has no rows of its own. `turn` makes the relay's
credentials, `joining` says what a room is to each side, `groups` what a group's room is to each of
those in it (through the SFU of `sfu`), `telling` puts a visit's moves on its topic. Start with
`api`, `joining.room`, `groups.group`, `telling.may`.
"""
