"""Visits: the record of each, from planned to finished, and what 'since you last met' counts from.

Owns `Encounter`. `engine` says how a visit's states follow, `visits.move` applies it to a row,
`facade` is what others may ask. May import `core` and the facade of `sense.measures`. Start with
`engine.step`, `visits.move`, `facade.EncounterView`.
"""
