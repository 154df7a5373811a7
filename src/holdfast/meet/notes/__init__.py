"""What clinicians write down: progress notes of the care team, and psychotherapy notes.

It stands in `meet` beside encounters: a progress note documents a meeting and may be bound to one,
so it imports `encounters.facade`, and `plan` above may later show what waits to be signed. It owns
the forms of notes (`content/templates`). Progress notes are sealed under the person's record key
and read by their care team; psychotherapy notes are sealed in the browser to their author alone.
Start from `actions.sign`.
"""
