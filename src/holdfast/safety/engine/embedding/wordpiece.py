"""BERT's word pieces, uncased: greedy, longest first, over a fixed vocabulary.

Source: Devlin et al. 2019 and the tokenizer published with the model (`vocab.txt`); held in tests
against pieces that Hugging Face's `tokenizers` gave.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

UNKNOWN, FIRST, LAST = "[UNK]", "[CLS]", "[SEP]"
LONGEST_WORD = 100
_SCRIPTS_WITHOUT_SPACES = (
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F),
)  # fmt: skip


class Pieces:
    """Numbers of word pieces for a text."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._unknown = vocabulary[UNKNOWN]
        self._first, self._last = vocabulary[FIRST], vocabulary[LAST]
        self._of_word = lru_cache(maxsize=20_000)(self._split)

    def of(self, text: str, most: int) -> list[int]:
        """The text's pieces between the two marks, at most `most` with these."""
        numbers = [number for word in words(text) for number in self._of_word(word)]
        return [self._first, *numbers[: most - 2], self._last]

    def _split(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD:
            return (self._unknown,)
        found: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                number = self._vocabulary.get(prefix + word[start:end])
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return (self._unknown,)
        return tuple(found)


def words(text: str) -> Iterator[str]:
    """Lower-case words without accents; each mark and each Han character by itself."""
    plain = unicodedata.normalize("NFD", text.lower())
    word: list[str] = []
    for character in plain:
        category = unicodedata.category(character)
        if category == "Mn" or character in "\0\ufffd":
            continue
        if character in "\t\n\r" or category == "Zs":
            alone, ends = "", True
        elif category.startswith("C"):
            continue
        else:
            alone = character if _stands_alone(character, category) else ""
            ends = bool(alone)
        if ends and word:
            yield "".join(word)
            word = []
        if alone:
            yield alone
        elif not ends:
            word.append(character)
    if word:
        yield "".join(word)


def _stands_alone(character: str, category: str) -> bool:
    point = ord(character)
    # ASCII marks that Unicode calls symbols ($, +, ~ ...) are marks to the model.
    mark = category.startswith("P") or (point < 128 and not character.isalnum())
    return mark or any(low <= point <= high for low, high in _SCRIPTS_WITHOUT_SPACES)
