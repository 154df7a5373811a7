"""Live news: who may follow which topic, and what has just been written, told on commit.

A topic is `kind:uuid`. The browser asks for a ticket (`api`), opens a socket with it at
`holdfast.live.topics`, and is told what capabilities publish. The database's sequence is the truth:
whatever is lost on the way is fetched. Start from `facade.publish`, `facade.register_kind` and
`wire`. Imports `core` alone; `wire` knows no Django, because the process with the sockets reads it.
"""
