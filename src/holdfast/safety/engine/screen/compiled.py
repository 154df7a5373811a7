"""The rules as they are once read, kept beside the weights: reading YAML takes a second and more.

`compiled.json` holds, by language, the SHA-256 of the rules file it was made from. A language whose
file has changed since is read from its file, so that a stale copy costs time and nothing else;
`make train-safety` (or `python -m training.safety compile`) writes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from holdfast.safety.engine.screen.patterns import Pattern
from holdfast.safety.engine.screen.result import Category, Experiencer, Level, Temporality
from holdfast.safety.engine.screen.rules import (
    Context,
    Phrase,
    Rule,
    Rules,
    RulesError,
    parse_rules,
)

FORMAT: Final = 2  # of the copy: count it up when what a phrase is read as changes
FILE: Final = "compiled.json"
CONTENT: Final = files("holdfast.safety") / "content" / "screen"


def digest(source: str) -> str:
    """What a copy is known by."""
    return sha256(source.encode()).hexdigest()


def shipped_rules(
    rules: Traversable = CONTENT / "rules", copy: Traversable = CONTENT / "weights" / FILE
) -> dict[str, Rules]:
    """The rules that ship, by language. Raises RulesError."""
    kept = _kept(copy)
    found: dict[str, Rules] = {}
    for path in sorted(rules.iterdir(), key=lambda one: one.name):
        if path.name.endswith(".yaml"):
            source = path.read_text(encoding="utf-8")
            entry = kept.get(path.name)
            fresh = entry is not None and entry["digest"] == digest(source)
            one = _load(entry) if entry and fresh else parse_rules(source, path.name)
            found[one.language] = one
    return found


def _kept(copy: Traversable) -> Mapping[str, Any]:
    try:
        kept = json.loads(copy.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise RulesError(f"{FILE}: {error}") from error
    languages: Mapping[str, Any] = kept["files"] if kept.get("format") == FORMAT else {}
    return languages


def compiled(sources: Mapping[str, str]) -> str:
    """The copy's text, from the text of each rules file by its name. Raises RulesError."""
    entries = {
        name: {"digest": digest(source), **_dump(parse_rules(source, name))}
        for name, source in sorted(sources.items())
    }
    packed = {"format": FORMAT, "files": entries}
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def _dump(rules: Rules) -> dict[str, Any]:
    """A language's rules; patterns and words are named by their place in two lists."""
    words: dict[str, int] = {}
    patterns: dict[Pattern, int] = {}

    def places(some: Iterable[str]) -> list[int]:
        return [words.setdefault(one, len(words)) for one in sorted(some)]

    def numbers(some: Iterable[Pattern]) -> list[int]:
        return [patterns.setdefault(one, len(patterns)) for one in some]

    entries: list[list[Any]] = []
    for phrase in rules.phrases:
        if not entries or entries[-1][0][0] != phrase.rule.id:
            rule = phrase.rule
            said = [
                rule.id, rule.category, rule.level.code, rule.temporality, rule.experiencer,
                sorted(rule.ignore),
            ]  # fmt: skip
            entries.append(
                [said, numbers(phrase.unless), numbers(phrase.near), phrase.anywhere, []]
            )
        entries[-1][4] += numbers([phrase.pattern])
    context = {kind: numbers(some) for kind, some in rules.context.patterns.items()}
    return {
        "language": rules.language,
        "version": rules.version,
        "reviewed_by": rules.reviewed_by,
        "scope": rules.scope,
        "rewrites": {word: list(new) for word, new in rules.rewrites.items()},
        "misspelt": sorted(rules.misspelt),
        "rules": entries,
        "context": context,
        "patterns": [
            [
                one.regex, one.words,
                *(places(some) for some in (one.anchors, one.prefixes, one.suffixes, one.literals)),
                [places(some) for some in one.needs],
            ]
            for one in patterns
        ],
        "words": list(words),
    }  # fmt: skip


def _load(entry: Mapping[str, Any]) -> Rules:
    words = entry["words"]
    patterns = [
        Pattern(
            regex,
            frozenset([words[at] for at in anchors]),
            frozenset([words[at] for at in prefixes]),
            frozenset([words[at] for at in suffixes]),
            least,
            frozenset([words[at] for at in literals]),
            tuple([frozenset([words[at] for at in some]) for some in needs]),
        )
        for regex, least, anchors, prefixes, suffixes, literals, needs in entry["patterns"]
    ]
    phrases: list[Phrase] = []
    for said, unless, near, anywhere, some in entry["rules"]:
        code, category, level, temporality, experiencer, ignore = said
        rule = Rule(
            code,
            entry["language"],
            Category(category) if category else None,
            Level.of(level),
            Temporality(temporality),
            Experiencer(experiencer),
            frozenset(ignore),
        )
        spoil, support = (tuple(patterns[at] for at in one) for one in (unless, near))
        phrases += [Phrase(rule, patterns[at], spoil, support, anywhere) for at in some]
    return Rules(
        entry["language"],
        entry["version"],
        entry["reviewed_by"],
        entry["scope"],
        {word: tuple(new) for word, new in entry["rewrites"].items()},
        frozenset(entry["misspelt"]),
        tuple(phrases),
        Context(
            {kind: tuple(patterns[at] for at in some) for kind, some in entry["context"].items()}
        ),
    )
