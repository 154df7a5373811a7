"""What a prompt asks and what a fortnight's answers add up to; no Django, clock or network.

`questions` has its twin in the client (web/src/person/assessment/asking.ts), so that a prompt can
be put without network; both run tests/vectors/assessment.json.
"""
