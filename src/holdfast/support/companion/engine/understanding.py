"""What a person typed, as far as it can be known from words alone.

Small on purpose: numbers, yes and no, commands, labels, keywords of flows. What it does not
recognise with certainty it returns as candidates or as nothing; the interpreter then offers
choices. `Route` is the seam for a trained router of topics.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from holdfast.support.companion.engine.conversation import Reply

if TYPE_CHECKING:
    from holdfast.support.companion.engine.format import Common
    from holdfast.support.companion.engine.library import Library

#: (library, language, text) -> names of the flows it may be about, likeliest first; often none.
Route = Callable[["Library", str, str], tuple[str, ...]]

_T = TypeVar("_T")
_NOT_WORD = re.compile(r"[^\w%:.,+-]+|(?<!\d)[.,:+-]|[.,:+-](?!\d)")
_SPACE = re.compile(r"\s+")
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": ""})


def folded(text: str) -> str:
    """Lower case, one space, no accents, vowel signs or punctuation; any script's digits as 0-9."""
    if text.isascii():
        plain = text.lower()
    else:
        parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        plain = "".join(_digit(c) for c in parts if not unicodedata.combining(c))
        plain = plain.translate(_ARABIC)
    plain = plain.replace("'", "").replace("’", "")
    return _SPACE.sub(" ", _NOT_WORD.sub(" ", plain)).strip()


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


#: What can be asked for at any time, by button or in words.
COMMANDS = ("back", "skip", "pause", "menu", "explain", "not_it", "help", "help_now", "go_on")


class Lexicon:
    """A language's common words, folded, with what they stand for."""

    def __init__(self, common: Common) -> None:
        self.commands = _reversed(common.said_as.items())
        for name in COMMANDS:
            self.commands.setdefault(folded(getattr(common.commands, name)), name)
        self.buttons = {n: Reply(f"@{n}", label) for n, label in common.commands}
        self.feelings = tuple(Reply(n, words[0]) for n, words in common.emotions.items())
        self.yes = frozenset(map(folded, common.yes))
        self.no = frozenset(map(folded, common.no))
        self.open_with = tuple(folded(words) + " " for words in common.open_with)
        self.emotions = _reversed(common.emotions.items())
        if common.joiner.strip() == "و":  # Arabic writes "and" as part of the next word
            self.emotions |= {f"و{word}": e for word, e in self.emotions.items()}
        self.numbers = {folded(word): number for word, number in common.numbers.items()}
        self.weekdays = _reversed(enumerate(common.weekdays))
        self.months = _reversed(enumerate(common.months, start=1))
        self.days = _reversed(common.days.items())
        self.parts_of_day = _reversed(common.parts_of_day.items())
        self.negations = frozenset(map(folded, common.negations))
        self.before_noon = frozenset(map(folded, common.before_noon))
        self.after_noon = frozenset(map(folded, common.after_noon))

    def command(self, text: str) -> str | None:
        """The command that a whole message is, or nothing."""
        return self.commands.get(text) if len(text) < 60 else None


def _reversed(pairs: Iterable[tuple[_T, Iterable[str]]]) -> dict[str, _T]:
    return {folded(word): meaning for meaning, words in pairs for word in words}


def picked(text: str, labels: Sequence[str], lexicon: Lexicon) -> tuple[int, ...]:
    """Which of the labels on the screen a text names.

    Nothing is certain here but the choice among few: whoever asks offers them.
    """
    number = lexicon.numbers.get(text, int(text) if text.isdecimal() and len(text) < 4 else 0)
    if 1 <= number <= len(labels):
        return (number - 1,)
    plain = [folded(label) for label in labels]
    if text in plain:
        return (plain.index(text),)
    if not text or len(text) > 80:
        return ()
    padded = f" {text} "
    inside = tuple(i for i, label in enumerate(plain) if f" {label} " in padded)
    if inside:
        return inside
    if len(text) < 3:
        return ()
    return tuple(i for i, label in enumerate(plain) if padded in f" {label} ")


def wants_to_open(text: str, lexicon: Lexicon) -> str | None:
    """What follows "take me to", or nothing."""
    if len(text) > 80:
        return None
    for opening in lexicon.open_with:
        if text.startswith(opening):
            return text[len(opening) :]
    return None


def by_keywords(library: Library, language: str, text: str) -> tuple[str, ...]:
    """Flows whose title or keywords stand in the text, those with most of them first."""
    padded = f" {folded(text)} "
    if len(padded) > 400:
        return ()
    hits = []
    for order, (name, words) in enumerate(library.keywords(language)):
        count = sum(f" {word} " in padded for word in words)
        if count:
            hits.append((-count, order, name))
    return tuple(name for _, _, name in sorted(hits)[:3])
