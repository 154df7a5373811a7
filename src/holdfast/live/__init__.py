"""The live process: the only one that reads what a person writes to the companion, in passing.

`python -m holdfast.live` is a parent that binds the socket, loads rules, weights and flows, never
sees a text and forks children that answer (`parent`, `child`). A child that has received a text is
replaced: it takes no new request after 45 s and is gone before 60. `app` is what a child serves,
`turns` answers one turn, `reports` tells the web process what was found, as codes and offsets.
No Django, no database, no access log.
"""
