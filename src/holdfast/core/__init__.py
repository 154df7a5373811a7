"""What every wing stands on: identity, tenancy, authorisation, audit, notifications, time.

Owns the people and the practices, decides who may do what (`authz.table`), records what was done
(`audit`), and tells the rest of the house that something happened (`events`). Imports no other
wing. Start from `core.api.Router`, `core.authz.table` and `core.tenancy.models`.
"""
