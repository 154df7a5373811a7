"""The safety plan a person writes and shares with the care team."""
