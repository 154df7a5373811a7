"""The `holdfast` command: one module per sub-command."""
