"""Trains what names the topic of a stressor: `python -m training.topics train|measure`.

The sentence model is trained where an embedder is installed (docs/how-to/embeddings.md).
"""
