"""Encryption at rest: whose key opens what, and how keys are renewed and destroyed.

    master key  (file, environment or KMS; never in the database)
      └ key     (one per practice and version, and a few of the installation: `models.Key`)
          └ record key  (one per client record, one per practice: `models.KeyedRecord`)
              └ sealed columns  (`sealing.sealed`)

A client's record has one key for all of its sealed columns, in whatever table: destroying that one
wrapped key makes all of them unreadable, and a read needs one key, not one per row.

Start from `sealing.sealed` (a sealed column), `lookup.FindableField` (sealed, found by equality),
`records.destroy` (crypto-erasure). Knows tenancy only by the names of its models.
"""
