"""Import of answers recorded elsewhere: CSV with a mapping, FHIR R4, RADAR aRMT.

A reader turns a file into `Entry` objects one at a time (`records`), so memory stays flat however
long the file is; `store` writes them in batches, each in one transaction. Every record's identifier
is made from what it says, so importing a file twice, or again after a crash, changes nothing.
Imported answers are history: they never page anyone.
"""
