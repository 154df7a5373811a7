"""Who read or changed what, when: append-only and hash-chained per practice."""
