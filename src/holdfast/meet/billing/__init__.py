"""Money: what a visit costs, what was agreed, and the documents that say so.

Owns the practice's fee lists (imported under its own licence; none come with this), its sliding
scale and letterhead, `Charge` (FHIR: ChargeItem) and `Document` (FHIR: Invoice). May import `core`
and the facades of encounters, scheduling and matching. Start with `charging.charge`,
`issuing.issue`, `engine.money`.
"""
