"""Branching conditions of all formats in one form, and whether they can ever be true.

RADAR writes `[q1]='2' or [q2]='3'` (REDCap) and `responses['q1'] == '2' || ...` (JavaScript),
ReproSchema bare JavaScript (`q1 > 0 && q2 == 1`). Both become Python's own expression syntax
and are parsed by `ast`; what that cannot read is left alone unless it is plainly broken
(brackets that do not close), because such a condition throws when it is evaluated.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

MOST_COMBINATIONS = 50_000


@dataclass(frozen=True)
class Compare:
    """`item operator value`; operators ==, !=, <, <=, >, >=, answered (value True or False)."""

    item: str
    operator: str
    value: str | float | bool


@dataclass(frozen=True)
class Combine:
    kind: Literal["and", "or", "not"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Constant:
    value: bool


@dataclass(frozen=True)
class Unread:
    """Syntax not understood here; `items` it names; `broken` when no reader could run it."""

    text: str
    items: tuple[str, ...]
    broken: bool = False


Condition = Compare | Combine | Constant | Unread

_REDCAP_FIELD = re.compile(r"\[\s*([A-Za-z_]\w*)\s*(?:\(([^)]*)\))?\s*\]")
_RESPONSE = re.compile(r"responses\s*(?:\[\s*(['\"])(?P<name>.+?)\1\s*\]|\.(?P<dot>[A-Za-z_]\w*))")
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def parse(text: str, *, bare_names: bool = False) -> Condition | None:
    """The condition written in REDCap or JavaScript syntax; None where there is none.

    `bare_names`: items stand as plain JavaScript variables, as in ReproSchema.
    """
    text = text.strip()
    if not text:
        return None
    if re.search(r"\]\s*\[", _blank_quotes(text)):  # [event][field]: answers given elsewhere
        return Unread(text, (), broken=not _closes(text))
    named: dict[str, str] = {}
    source = _as_python(text, named, bare_names=bare_names)
    try:
        tree = ast.parse(source, mode="eval")
        return _convert(tree.body, named)
    except (SyntaxError, _NotUnderstood, ValueError):
        items = () if bare_names else tuple(dict.fromkeys(named.values()))
        return Unread(text, items, broken=not _closes(text))


class _NotUnderstood(Exception):
    pass


def _as_python(text: str, named: dict[str, str], *, bare_names: bool) -> str:
    def name(original: str) -> str:
        key = f"item_{len(named)}"
        for known, value in named.items():
            if value == original:
                return known
        named[key] = original
        return key

    def response(match: re.Match[str]) -> str:
        return name(match["name"] or match["dot"])

    def field(match: re.Match[str]) -> str:
        if match[2] is not None:  # checkbox: [field(code)] = '1' asks whether code is ticked
            return f"ticked({name(match[1])}, {match[2].strip()!r})"
        return name(match[1])

    pieces = []
    for quoted, part in _outside_quotes(_RESPONSE.sub(response, text)):
        if not quoted:
            part = _REDCAP_FIELD.sub(field, part)
            part = part.replace("&&", " and ").replace("||", " or ").replace("<>", "!=")
            part = re.sub(r"([=!])==", r"\1=", part)
            part = re.sub(r"(?<![=!<>])=(?!=)", "==", part)
            part = re.sub(r"!(?!=)", " not ", part)
            part = re.sub(r"\btrue\b", "True", re.sub(r"\bfalse\b", "False", part))
            part = re.sub(r"\b(AND|OR|NOT)\b", lambda m: m[1].lower(), part)
        pieces.append(part)
    source = " ".join("".join(pieces).split())
    if bare_names:
        for bare in re.findall(r"(?<![\w.'\"])([A-Za-z_]\w*)(?![\w'\"])", _blank_quotes(source)):
            if bare not in named and bare not in _WORDS:
                source = re.sub(rf"(?<![\w.'\"]){bare}(?![\w'\"])", name(bare), source)
    return source


_WORDS = frozenset({"and", "or", "not", "True", "False", "ticked"})


def _outside_quotes(text: str) -> Iterator[tuple[bool, str]]:
    for index, part in enumerate(re.split(r"('[^']*'|\"[^\"]*\")", text)):
        yield index % 2 == 1, part


def _blank_quotes(text: str) -> str:
    return "".join(" " * len(p) if quoted else p for quoted, p in _outside_quotes(text))


def _closes(text: str) -> bool:
    depth = 0
    bare = _blank_quotes(text)
    for char in bare:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            return False
    return depth == 0 and bare.count("'") % 2 == 0


def _convert(node: ast.expr, named: Mapping[str, str]) -> Condition:
    match node:
        case ast.BoolOp(op=op, values=values):
            kind: Literal["and", "or"] = "and" if isinstance(op, ast.And) else "or"
            return Combine(kind, tuple(_convert(v, named) for v in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Combine("not", (_convert(operand, named),))
        case ast.Constant(value=bool() as value):
            return Constant(value)
        case ast.Name(id=name) if name in named:
            return Compare(named[name], "answered", True)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _comparison(left, _OPERATORS.get(type(op)), right, named)
    raise _NotUnderstood(ast.dump(node))


def _comparison(
    left: ast.expr, operator: str | None, right: ast.expr, named: Mapping[str, str]
) -> Condition:
    if operator is None:
        raise _NotUnderstood
    if isinstance(right, ast.Name) and isinstance(left, ast.Constant):
        left, right, operator = right, left, _MIRROR.get(operator, operator)
    value = _literal(right)
    match left:
        case ast.Name(id=name) if name in named:
            if value == "":
                return Compare(named[name], "answered", operator == "!=")
            return Compare(named[name], operator, value)
        case ast.Call(func=ast.Name(id="ticked"), args=[ast.Name(id=name), ast.Constant(value=c)]):
            wanted = (str(value) in {"1", "1.0"}) == (operator == "==")
            return Compare(named[name], "==" if wanted else "!=", str(c))
    raise _NotUnderstood


def _literal(node: ast.expr) -> str | float | bool:
    match node:
        case ast.Constant(value=str() | bool() | int() | float() as value):
            return float(value) if type(value) is int else value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -float(value)
    raise _NotUnderstood


def compares(condition: Condition) -> Iterator[Compare]:
    """Every comparison in the condition."""
    match condition:
        case Compare():
            yield condition
        case Combine(parts=parts):
            for part in parts:
                yield from compares(part)


def items_named(condition: Condition) -> tuple[str, ...]:
    if isinstance(condition, Unread):
        return condition.items
    return tuple(dict.fromkeys(c.item for c in compares(condition)))


def possible(
    condition: Condition, answers: Mapping[str, Sequence[str]], *, several: frozenset[str]
) -> bool:
    """Whether any answers make the condition true.

    `answers` holds the codes of each item with a closed list; an item left out can take any
    answer. `several` are items where more than one code may be ticked. Unsure means True.
    """
    if isinstance(condition, Unread):
        return True
    domains = [_domain(name, condition, answers, several) for name in items_named(condition)]
    names = items_named(condition)
    for count, combination in enumerate(itertools.product(*domains)):
        if count > MOST_COMBINATIONS:
            return True
        if _holds(condition, dict(zip(names, combination, strict=True))):
            return True
    return False


_Answer = frozenset[str] | None  # None: any answer at all


def _domain(
    name: str,
    condition: Condition,
    answers: Mapping[str, Sequence[str]],
    several: frozenset[str],
) -> list[_Answer]:
    if name not in answers:
        return [None]
    codes = [c.strip() for c in answers[name]]
    if name not in several:
        return [*(frozenset({c}) for c in codes), frozenset()]
    mentioned = {_code(c.value) for c in compares(condition) if c.item == name}
    relevant = [c for c in codes if c in mentioned][:6]
    rest = [c for c in codes if c not in mentioned][:1]
    pool = relevant + rest
    return [
        frozenset(chosen)
        for size in range(len(pool) + 1)
        for chosen in itertools.combinations(pool, size)
    ]


def _code(value: str | float | bool) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _holds(condition: Condition, given: Mapping[str, _Answer]) -> bool:
    match condition:
        case Constant(value=value):
            return value
        case Combine(kind="and", parts=parts):
            return all(_holds(p, given) for p in parts)
        case Combine(kind="or", parts=parts):
            return any(_holds(p, given) for p in parts)
        case Combine(kind="not", parts=parts):
            return _refuted(parts[0], given)
        case Compare():
            return _compare_holds(condition, given[condition.item], wanted=True)
    return True


def _refuted(condition: Condition, given: Mapping[str, _Answer]) -> bool:
    """Whether the condition can be false (an open answer can make it both)."""
    match condition:
        case Compare():
            return _compare_holds(condition, given[condition.item], wanted=False)
        case Combine(kind="and", parts=parts):
            return any(_refuted(p, given) for p in parts)
        case Combine(kind="or", parts=parts):
            return all(_refuted(p, given) for p in parts)
        case Combine(kind="not", parts=parts):
            return _holds(parts[0], given)
        case Constant(value=value):
            return not value
    return True


_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _compare_holds(compare: Compare, answer: _Answer, *, wanted: bool) -> bool:
    if answer is None:
        return True
    return _compare_true(compare, answer) == wanted


def _compare_true(compare: Compare, answer: frozenset[str]) -> bool:
    if compare.operator == "answered":
        return bool(answer) == bool(compare.value)
    if compare.operator in {"==", "!="}:
        found = any(_same(code, compare.value) for code in answer)
        return found == (compare.operator == "==")
    order = _ORDER[compare.operator]
    limit = number(str(compare.value))
    if limit is None:
        return True
    return any(v is not None and order(v, limit) for v in map(number, answer))


def _same(code: str, value: str | float | bool) -> bool:
    if isinstance(value, bool):
        return code.casefold() in ({"true", "yes", "1"} if value else {"false", "no", "0"})
    left, right = number(code), number(str(value))
    if left is not None and right is not None:
        return left == right
    return code == str(value).strip()


def number(text: str) -> float | None:
    """The number a code is, or None ("\\r2" is 2: the lint reports the control character)."""
    try:
        return float(text.strip())
    except ValueError:
        return None
