"""What to do next: the clinician's view of a caseload and of a person."""
