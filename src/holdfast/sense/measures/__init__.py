"""Questionnaires: what is asked, how an answer is scored, what changed."""
