"""The other way of doing the same, for comparison. Nothing here is part of Holdfast."""
