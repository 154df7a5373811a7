"""Crisis lines by country, confirmed by a practice, and the emergency numbers."""
