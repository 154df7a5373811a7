"""The promises of the care loop, kept by the real client against real server processes."""
