"""See each."""
