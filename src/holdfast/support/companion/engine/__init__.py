"""Flows as data and the function that walks them. No Django, no clock, no network, no chance.

`format` says what a file may hold, `library` reads folders of them, `interpreter.step` answers one
event, `conversation` holds the state that travels with the client, `understanding` and `answers`
read what a person typed, `resuming` carries a paused conversation to a newer flow, `lint` finds
what a clinician should mend, `reading` estimates reading age, `chart` draws a flow.
"""
