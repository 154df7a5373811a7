"""The caseload and the person's page: what changed since they last met."""
