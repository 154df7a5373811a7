"""Whether a message reached somebody, as far as a machine can tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from holdfast.core.notify.engine import Try, Verdict, judge

SENT_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
CLOSES = SENT_AT + timedelta(hours=2)
Outcome = Literal["pending", "sent", "failed", "skipped"]


def verdict(
    *outcomes: Outcome,
    after: float = 3,
    seen: float | None = None,
    expires: bool = True,
) -> Verdict:
    """`after` and `seen` in hours from the sending; it expires after two, or never."""
    return judge(
        tries=[Try(each) for each in outcomes],
        seen_at=None if seen is None else SENT_AT + timedelta(hours=seen),
        expires_at=CLOSES if expires else None,
        now=SENT_AT + timedelta(hours=after),
    )


@pytest.mark.parametrize("outcomes", [(), ("sent",), ("failed",), ("skipped",), ("pending",)])
def test_an_app_that_asked_in_time_had_it_whatever_the_channels_say(
    outcomes: tuple[Outcome, ...],
) -> None:
    assert verdict(*outcomes, seen=1) == "arrived"
    assert verdict(*outcomes, seen=1, expires=False) == "arrived"


@pytest.mark.parametrize("outcomes", [(), ("failed",), ("skipped",), ("failed", "skipped")])
def test_what_no_channel_took_and_no_app_asked_for_was_not_delivered(
    outcomes: tuple[Outcome, ...],
) -> None:
    assert verdict(*outcomes) == "not-delivered"
    assert verdict(*outcomes, seen=2.5) == "not-delivered"


def test_what_a_channel_took_and_no_app_asked_for_is_the_clients_silence() -> None:
    assert verdict("sent") == "client-silent"
    assert verdict("sent", "failed") == "client-silent"


@pytest.mark.parametrize("outcomes", [(), ("sent",), ("failed",)])
def test_before_it_expires_nothing_is_said(outcomes: tuple[Outcome, ...]) -> None:
    assert verdict(*outcomes, after=1) == "open"


def test_at_the_instant_it_expires_it_is_judged() -> None:
    assert verdict("failed", after=2) == "not-delivered"


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (("sent", "failed"), "arrived"),
        (("sent", "pending"), "arrived"),
        (("failed", "pending"), "open"),
        (("failed",), "not-delivered"),
        (("failed", "skipped"), "not-delivered"),
        # Nowhere to send it to: it waits in the app, and nothing has gone wrong.
        (("skipped",), "arrived"),
        ((), "arrived"),
    ],
)
def test_what_never_expires_needs_one_channel_that_took_it(
    outcomes: tuple[Outcome, ...], expected: Verdict
) -> None:
    assert verdict(*outcomes, expires=False) == expected
