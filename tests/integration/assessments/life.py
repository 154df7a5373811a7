"""A person who lives through an assessment: a device with its own memory, and a server that hears
from it when there is network.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from holdfast.config import worker
from holdfast.core.ids import uuid7
from holdfast.sense.assessments.engine.asking import Asked, questions
from holdfast.sense.assessments.engine.plan import load
from holdfast.sense.measures.engine.alerts import Answered, holds
from holdfast.sense.measures.engine.catalogue import builtin
from tests.integration.safety.scene import Scene, at

PLAN = load()
PACK = builtin().get("mood-days", "1.0.0")
TIMES = (time(8), time(13), time(22))
#: What somebody answers to an item on a day at a prompt; None passes it over.
Mind = Callable[[int, str, str], float | None]


@dataclass
class Life:
    """Somebody with a telephone. `zone` is where they are; `known` what their telephone put."""

    scene: Scene
    starts_on: date
    mind: Mind
    zone: str = "Europe/Berlin"
    language: str = "en"
    assessment: dict[str, Any] = field(default_factory=dict)
    known: list[Asked] = field(default_factory=list)
    last: Any = None

    def url(self, rest: str = "") -> str:
        return self.scene.mine(f"assessments/{self.assessment['id']}{rest}")

    def begin(self) -> None:
        """The evening before, the person begins, with times of their own."""
        with at(self.local(0, time(18))):
            made = self.scene.person().post(
                self.scene.mine("assessments"),
                {"times": [one.isoformat("minutes") for one in TIMES]},
                content_type="application/json",
            )
            assert made.status_code == 201, made.content
            self.assessment = made.json()

    def local(self, day: int, clock: time) -> datetime:
        """The UTC instant of a wall-clock time on a day of the assessment, where they are."""
        on = self.starts_on + timedelta(days=day - 1)
        return datetime.combine(on, clock, ZoneInfo(self.zone)).astimezone(UTC)

    def opens(self, day: int, slot: int) -> datetime:
        return self.local(day, TIMES[slot])

    def tick(self, moment: datetime) -> None:
        """The worker looks round."""
        with at(moment):
            worker.tick(moment)

    def travel(self, moment: datetime, zone: str) -> None:
        with at(moment):
            answer = self.scene.person().patch(
                self.scene.mine("").rstrip("/"), {"time_zone": zone}, "application/json"
            )
            assert answer.status_code == 200, answer.content
        self.zone = zone

    def put(self, day: int, slot: int, given: datetime) -> dict[str, Any]:
        """Put and answer a prompt on the device, with network or without; what is to be sent."""
        prompt = PLAN.prompt_ids[slot]
        asked = questions(PLAN, day, prompt, self.known)
        answers = self.follow_up(
            day, prompt, {item: self.mind(day, prompt, item) for item in asked}
        )
        self.known.append(Asked(day, prompt, frozenset(answers)))
        on = (self.starts_on + timedelta(days=day - 1)).isoformat()
        assignment = uuid.UUID(self.assessment["assignment_id"])
        return {
            "id": str(uuid7()),
            "instrument": PACK.id,
            "version": PACK.version,
            "language": self.language,
            "answers": answers,
            "answered_at": given.isoformat(),
            "time_zone": self.zone,
            "prompt_id": str(uuid.uuid5(assignment, f"{on}/{slot}")),
            "schema": 1,
        }

    def send(self, body: dict[str, Any], arrives: datetime) -> Any:
        """The server has it; its receipt."""
        with at(arrives):
            answer = self.scene.person().post(
                self.scene.mine("responses"), body, content_type="application/json"
            )
        assert answer.status_code == 201, answer.content
        return answer.json()

    def follow_up(
        self, day: int, prompt: str, answers: Mapping[str, float | None]
    ) -> dict[str, float | None]:
        """With the follow-ups that the questionnaire puts after these answers."""
        found = dict(answers)
        for item in PACK.items:
            if item.show_if is not None and holds(
                item.show_if, PACK, Answered({**dict.fromkeys(PACK.by_id), **found}, {}, set())
            ):
                found[item.id] = self.mind(day, prompt, item.id)
        return found

    def get(self, moment: datetime, rest: str, *, by: str = "person") -> Any:
        """What the server answers the person, or their clinician."""
        with at(moment):
            browser = self.scene.person() if by == "person" else self.scene.clinician()
            answer = browser.get(self.url(rest))
        assert answer.status_code == 200, answer.content
        return answer
