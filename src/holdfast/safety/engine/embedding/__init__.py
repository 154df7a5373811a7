"""Sentence embeddings without a deep-learning framework: an optional extra, English only.

Holdfast ships no such weights. Where an operator has installed a copy of all-MiniLM-L6-v2
(docs/how-to/embeddings.md), `installed()` finds it, and what understands text uses it beside its
own small models; where not, those stand alone.
"""

from holdfast.safety.engine.embedding.minilm import Embedder, EmbeddingsRefused, installed

__all__ = ["Embedder", "EmbeddingsRefused", "installed"]
