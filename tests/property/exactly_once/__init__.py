"""Whatever a network and its devices do, an answer is there once."""
