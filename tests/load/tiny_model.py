"""A tiny language model as a GGUF file, and llama.cpp serving it, with the packages of model.txt.

`python tiny_model.py FILE random|chain` writes the file, serves it on a free port of the loopback,
prints the base address and serves until its standard input ends. `random`: weights drawn from a
seed, so that it says nonsense. `chain`: the hidden state is the last token, and the output layer
maps each word of one sentence to the next, so that it says that sentence.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

SENTENCE = ["You", "were", "shouted", "at", "in", "front", "of", "the", "others", "."]
LAYERS, HEADS, INNER, CONTEXT, SEED = 1, 4, 32, 16_384, 7
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tokens() -> tuple[list[str], list[float], list[int]]:
    """Pieces, scores and kinds (SentencePiece's: 2 unknown, 3 control, 6 byte, 1 normal)."""
    pieces = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    kinds = [2, 3, 3, *([6] * 256)]
    words = ["▁" + word for word in SENTENCE[:-1]] + [SENTENCE[-1]]
    words += [f"▁{word}" for word in ("feel", "tired", "work", "and", "a", "rest", "home", "day")]
    pieces += words
    kinds += [1] * len(words)
    return pieces, [0.0] * 259 + [float(-place) for place in range(len(words))], kinds


def write(path: Path, kind: str) -> None:
    """The model file."""
    import gguf  # type: ignore[import-not-found, unused-ignore]

    pieces, scores, kinds = tokens()
    size = -(-len(pieces) // 32) * 32 if kind == "chain" else 64
    drawn = np.random.default_rng(SEED)

    def weights(rows: int, columns: int) -> Any:
        if kind == "chain":
            return np.zeros((rows, columns), np.float32)
        return (drawn.standard_normal((rows, columns)) * 0.4).astype(np.float32)

    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(size)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(size // HEADS)
    writer.add_vocab_size(len(pieces))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(CHATML)
    embedding = weights(len(pieces), size)
    output = weights(len(pieces), size)
    if kind == "chain":
        embedding[np.arange(len(pieces)), np.arange(len(pieces))] = 1.0
        first = 259
        output[first, :] = 0.5  # whatever was said last, the sentence begins
        for place in range(len(SENTENCE)):
            following = first + place + 1 if place + 1 < len(SENTENCE) else 2
            output[following, first + place] = 5.0
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output_norm.weight", np.ones(size, np.float32))
    writer.add_tensor("output.weight", output)
    for layer in range(LAYERS):
        name = f"blk.{layer}"
        writer.add_tensor(f"{name}.attn_norm.weight", np.ones(size, np.float32))
        writer.add_tensor(f"{name}.ffn_norm.weight", np.ones(size, np.float32))
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"{name}.{part}.weight", weights(size, size))
        writer.add_tensor(f"{name}.ffn_gate.weight", weights(INNER, size))
        writer.add_tensor(f"{name}.ffn_up.weight", weights(INNER, size))
        writer.add_tensor(f"{name}.ffn_down.weight", weights(size, INNER))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def serve(path: Path) -> Any:
    """llama.cpp's own server with the model; its `listening_address` is the address."""
    import xllamacpp  # type: ignore[import-not-found, unused-ignore]

    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.n_ctx = CONTEXT
    settings.n_parallel = 4
    settings.cpuparams.n_threads = 1
    settings.hostnames = ["127.0.0.1"]
    settings.port = 0
    return xllamacpp.Server(settings)


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2])
    server = serve(Path(sys.argv[1]))
    print(f"{server.listening_address}/v1", flush=True)
    sys.stdin.read()
