"""People checking in all at once, processes killed in the middle, and nothing lost: `make load`."""
