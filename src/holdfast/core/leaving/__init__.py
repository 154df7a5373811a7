"""Leaving: what goes when somebody deletes their account, what the law makes a practice keep, for
how long anything is kept, and the list by which a restored backup forgets again.

Owns receipts (`models.Departure`), kept records, the practice's periods and their nightly run. The
steps themselves are in `core.identity.erasure`. Higher wings register here in `AppConfig.ready`:
when somebody was last in contact (`keeping.register_contact`), data that has a period
(`retention.register`), and what goes into the copy to take away (`copies`).

Start with `keeping.decide`, `retention.apply` and `outside.append`.
"""
