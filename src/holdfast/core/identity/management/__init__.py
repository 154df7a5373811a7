"""Management commands of Django that this project does in its own way."""
