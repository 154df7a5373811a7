"""The scripted crisis protocol: what is asked and said when somebody may be in danger.

Pure. The order of steps, their conditions and sources are data (`content/protocol/script.yaml`), so
are the words of each language; `format` reads both, `signals` turns a screening into the paths that
fit, `reading` understands narrow answers, `lines` puts the crisis lines in order,
`interpreter.respond` answers one event, and `state` travels with the client. Nothing here ends a
conversation: only the person's own "go on" ends its lead.
"""
