"""Settings, URLs and the one place where the capabilities are put together."""
