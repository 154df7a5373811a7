"""The fourteen-day assessment: three short prompts a day, and two reports at the end.

Owns the plan of what is asked when (`content/plans`), the words of the reports (`content/words`),
the counting of days, the report as PDF, and a person's asking for a talk. It may import `core` and
the facade and engines of `sense.measures`. Start from `engine.asking.questions`,
`engine.counting.count` and `actions.begin`.

It describes and never concludes: no diagnosis, no likelihood, no level of risk.
"""
