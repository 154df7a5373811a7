"""Links that do one thing without signing in: made here, opened on the page /l."""
