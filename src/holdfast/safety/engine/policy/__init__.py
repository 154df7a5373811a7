"""Policy packs: what the law of a place asks of a conversation with a program, as data.

Pure. `packs.shipped()` reads them, `packs.Policies.of(jurisdiction, country)` finds the one that
holds, `notices.due` says which notices a conversation is owed, `words` recognises somebody who says
that they are under 18 or asks whether they talk to a human. Every pack waits for a lawyer's name.
"""
