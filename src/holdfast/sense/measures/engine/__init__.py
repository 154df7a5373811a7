"""Instruments and scoring, without Django, clock or network.

Owns the instrument pack format, the catalogue of packs, scoring and alert rules. It may import
nothing of Holdfast outside this folder. Start from `catalogue.builtin`, `scoring.score` and
`instrument.parse_instrument`.
"""
