"""Branching conditions: what they name and whether they can ever be true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.sense.measures.engine.lint import conditions
from holdfast.sense.measures.engine.lint.conditions import Condition, Unread

CODES = {"a": ["0", "1", "2"], "b": ["0", "1"], "many": ["1", "2", "3"]}


def parsed(text: str, *, bare_names: bool = False) -> Condition:
    condition = conditions.parse(text, bare_names=bare_names)
    assert condition is not None
    return condition


def possible(text: str) -> bool:
    return conditions.possible(parsed(text), CODES, several=frozenset({"many"}))


@pytest.mark.parametrize(
    "text",
    [
        "[a]='1'",
        "[a] <> '1' and [b]='0'",
        "([a]='1' or [a]='2') and [b]=1",
        "responses['a'] == '2' || responses['b'] === 1",
        'responses["a"] != "" && !(responses["b"] == 0)',
        "[many(1)]='1' and [many(2)]='1'",
        "[a] > 1",
        "[age] >= 18",
    ],
)
def test_conditions_that_some_answers_make_true(text: str) -> None:
    assert possible(text)


@pytest.mark.parametrize(
    "text",
    [
        "[a]='7'",
        "[a]='1' and [a]='2'",
        "responses['a'] == '1' && responses['a'] == '2'",
        "[a] > 2",
        "[a] < 0 or [b] > 1",
        "[many(4)]='1'",
    ],
)
def test_conditions_that_no_answers_make_true(text: str) -> None:
    assert not possible(text)


def test_the_items_a_condition_names() -> None:
    assert conditions.items_named(parsed("[a]='1' or responses['b'] == 2")) == ("a", "b")
    names = conditions.items_named(parsed("q1 > 0 || q2 > 0", bare_names=True))
    assert names == ("q1", "q2")


def test_brackets_that_do_not_close_cannot_be_evaluated() -> None:
    condition = parsed("responses['a'] == '1')responses['b'] == '2'")
    assert isinstance(condition, Unread)
    assert condition.broken


@pytest.mark.parametrize(
    "text",
    [
        "responses['a'].includes('1')",
        "datediff([a], 'today', 'd') > 3",
        "[baseline][a]='1'",
        "[a] in ('1', '2')",
        "(new Date().getDay()) === 1",
    ],
)
def test_syntax_beyond_the_parser_is_left_alone(text: str) -> None:
    condition = parsed(text, bare_names=text.startswith("(new"))
    assert conditions.possible(condition, CODES, several=frozenset())
    assert set(conditions.items_named(condition)) <= {"a", "b"}


def test_no_condition_is_none() -> None:
    assert conditions.parse("  ") is None


@given(
    chosen=st.sampled_from(["0", "1", "2"]),
    other=st.sampled_from(["0", "1"]),
    operators=st.lists(st.sampled_from(["=", "<>", "<", ">", "<=", ">="]), min_size=2, max_size=2),
    word=st.sampled_from(["and", "or"]),
)
def test_a_condition_is_possible_exactly_when_some_answers_hold(
    chosen: str, other: str, operators: list[str], word: str
) -> None:
    """Against evaluation by hand over all pairs of answers."""
    text = f"[a] {operators[0]} '{chosen}' {word} [b] {operators[1]} '{other}'"
    compare = {
        "=": lambda x, y: x == y,
        "<>": lambda x, y: x != y,
        "<": lambda x, y: x < y,
        ">": lambda x, y: x > y,
        "<=": lambda x, y: x <= y,
        ">=": lambda x, y: x >= y,
    }
    join = {"and": all, "or": any}[word]
    unanswered = {"=": False, "<>": True, "<": False, ">": False, "<=": False, ">=": False}

    def holds(a: int | None, b: int | None) -> bool:
        sides = [(a, operators[0], int(chosen)), (b, operators[1], int(other))]
        return join(
            unanswered[op] if value is None else compare[op](value, limit)
            for value, op, limit in sides
        )

    expected = any(holds(a, b) for a in (0, 1, 2, None) for b in (0, 1, None))
    assert possible(text) == expected
