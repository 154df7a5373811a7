"""The process that holds the sockets: who is on which topic, and what has just happened there.

`python -m holdfast.live.topics` reads no plain text of a person: what passes is sealed, or says
that something is to be fetched. It knows no Django and no database; a ticket says who somebody is
and what they may follow (`core.fanout.issuing`). `connection` is one socket's protocol, `hub` knows
who is on what, `feed` takes what Django publishes, `elsewhere` joins several through Redis.
"""
