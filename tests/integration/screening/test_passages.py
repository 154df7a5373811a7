"""The exact words: sealed on a device, handed to whom the flag comes, and to nobody else."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from holdfast.core.actor import system
from holdfast.core.audit.models import AuditEvent
from holdfast.core.consent import actions as consents
from holdfast.core.consent.models import Consent
from holdfast.core.notify.models import Notification
from holdfast.core.vault.engine import items
from holdfast.core.vault.models import Grant, ItemVersion, Opening
from holdfast.core.vault.schemas import VersionShape
from holdfast.safety.flags import actions as flag_actions
from holdfast.safety.flags.models import Flag
from holdfast.safety.screening import policy
from holdfast.safety.screening.models import Passage
from tests import factories
from tests.integration.core import wire
from tests.integration.core.vaults import Device, shown
from tests.integration.screening.scene import Scene, make_scene

pytestmark = pytest.mark.django_db

WORDS = b'{"text": "I have the tablets here"}'


@dataclass
class Talk:
    """A person with an open flag from a text, and everybody's devices."""

    scene: Scene
    ines: Device
    dana: Device
    omar: Device
    flag: uuid.UUID

    def readers(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ines.browser.get(self.scene.path("passages/readers")).json()
        return found

    def sealed(self, *to: Device, kind: str = "passage") -> items.Version:
        header = items.Header(uuid.uuid4(), self.ines.user.pk, kind, 1, 1, ())
        return items.seal(
            header,
            WORDS,
            item_key=secrets.token_bytes(32),
            owner=self.ines.private,
            readers=tuple(one.reader for one in to),
        )

    def send(self, version: items.Version) -> Any:
        body = {"version": shown(version), "report": None}
        return wire.send(self.ines.browser, "POST", self.scene.path("passages"), body)

    def texts(self, device: Device) -> dict[str, Any]:
        answer = device.browser.get(self.scene.own(f"flags/{self.flag}/texts"))
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    def opened(self, device: Device) -> list[bytes]:
        """What a reader's device makes of the flag's page."""
        page = self.texts(device)
        me = items.Holder(device.user.pk, (device.private,))
        found = []
        for one in page["passages"]:
            if one["version"] is not None:
                version = VersionShape.model_validate(one["version"]).engine()
                key = items.item_key_for(version, me, self.ines.private.public)
                found.append(items.open_with_key(version, key, self.ines.private.public))
        assert bool(found) == (page["words"] == "shared")
        assert bool(page["owner_keys"]) == bool(found)
        return found

    def pass_to_omar(self) -> None:
        flag_actions.assign(
            practice_id=self.scene.practice.pk,
            flag_id=self.flag,
            membership_id=self.scene.omar.pk,
            by=factories.actor_for(self.scene.dana),
        )

    def agree(self) -> None:
        """The practice offers it, and the person says yes."""
        policy.write(
            self.scene.practice,
            tell_from="concern",
            words="standing",
            jurisdiction=None,
            note="",
            by=factories.actor_for(self.scene.admin),
        )
        consents.give(self.scene.person, "crisis_words", by=system(self.scene.practice.pk))
        self.scene.person.refresh_from_db()


def make_talk() -> Talk:
    scene = make_scene()
    assert scene.person.user is not None
    ines = Device(scene.person.user, scene.person)
    dana, omar = Device(scene.dana.user), Device(scene.omar.user)
    for device in (ines, dana, omar):
        assert device.set_up().status_code == 204
    told = scene.send(scene.report("urgent")).json()["flag"]
    return Talk(scene, ines, dana, omar, uuid.UUID(told["id"]))


def test_one_tap_sends_the_words_to_whoever_answers_for_the_flag() -> None:
    talk = make_talk()
    found = talk.readers()
    assert (found["flag"], found["agreed"]) == (str(talk.flag), False)
    assert [(one["name"], one["now"], len(one["keys"])) for one in found["readers"]] == [
        ("Dana", True, 1)
    ]
    assert talk.texts(talk.dana)["words"] == "not-shared"
    version = talk.sealed(talk.dana)
    answer = talk.send(version)
    assert (answer.status_code, answer.json()["to"]) == (201, ["Dana"])
    assert talk.opened(talk.dana) == [WORDS]
    assert Opening.objects.get().reader_id == talk.dana.user.pk
    news = Notification.objects.get(kind="passage-sent")
    assert (news.recipient_id, news.subject_id) == (talk.dana.user.pk, talk.flag)
    said = set(AuditEvent.objects.filter(resource="passage").values_list("action", flat=True))
    assert said == {"send", "read"}
    assert talk.send(version).status_code == 201
    assert Passage.objects.count() == 1


def test_without_agreement_the_next_on_call_learns_only_that_there_are_words() -> None:
    talk = make_talk()
    talk.send(talk.sealed(talk.dana))
    talk.pass_to_omar()
    assert talk.opened(talk.omar) == []
    assert talk.texts(talk.omar)["words"] == "shared-with-others"
    assert talk.opened(talk.dana) == [WORDS], "it was sent to her, and has come to her"
    refused = talk.send(talk.sealed(talk.dana))
    assert refused.status_code == 422, "a new one is sealed to who answers for the flag now"
    assert talk.send(talk.sealed(talk.omar)).status_code == 201
    assert talk.opened(talk.omar) == [WORDS]


def test_with_agreement_each_reads_it_when_the_flag_comes_to_them_and_not_before() -> None:
    talk = make_talk()
    talk.agree()
    found = talk.readers()
    assert [(one["name"], one["now"]) for one in found["readers"]] == [
        ("Dana", True),
        ("Omar", False),
    ]
    talk.send(talk.sealed(talk.dana, talk.omar))
    factories.join_care_team(talk.scene.person, talk.scene.omar, primary=False)
    assert talk.opened(talk.omar) == [], "on the team, and it has not come to him"
    shared = talk.omar.browser.get(talk.scene.path("vault/shared")).json()
    assert shared["items"] == []
    talk.pass_to_omar()
    assert talk.opened(talk.omar) == [WORDS]
    consents.withdraw(Consent.objects.get(), by=system(talk.scene.practice.pk))
    assert talk.opened(talk.omar) == []
    assert talk.opened(talk.dana) == [WORDS]


@pytest.mark.any_database
def test_of_a_closed_flag_nobody_reads_the_words_and_nobody_is_there_to_send_any_to() -> None:
    talk = make_talk()
    talk.send(talk.sealed(talk.dana))
    Flag.objects.update(state="closed", closed_at=Flag.objects.get().raised_at)
    assert talk.opened(talk.dana) == []
    assert talk.texts(talk.dana)["words"] == "shared-with-others"
    assert talk.readers() == {"flag": None, "agreed": False, "readers": []}
    answer = talk.send(talk.sealed(talk.dana))
    assert (answer.status_code, answer.json()["code"]) == (409, "no-open-flag")


@pytest.mark.any_database
def test_the_person_takes_it_back() -> None:
    talk = make_talk()
    version = talk.sealed(talk.dana)
    talk.send(version)
    path = f"{talk.ines.path}/items/{version.header.item}/readers/{talk.dana.user.pk}"
    assert wire.send(talk.ines.browser, "DELETE", path).status_code == 204
    assert talk.opened(talk.dana) == []


@pytest.mark.any_database
def test_what_is_sealed_to_others_or_is_no_passage_is_refused_and_nothing_stays() -> None:
    talk = make_talk()
    for version in (
        talk.sealed(),
        talk.sealed(talk.omar),
        talk.sealed(talk.dana, talk.omar),
        talk.sealed(talk.dana, kind="journal"),
    ):
        assert talk.send(version).status_code in {409, 422}
    # Omar is on call and not of the care team: nothing is his by the ordinary ways of sharing.
    for kind in ("journal", "passage"):
        version = talk.sealed(talk.omar, kind=kind)
        answer = wire.send(talk.ines.browser, "POST", talk.ines.path + "/items", shown(version))
        assert answer.json()["code"] == "vault-reader-unknown"
    assert not ItemVersion.objects.exists()
    assert not Grant.objects.exists()


@pytest.mark.any_database
def test_the_flag_s_page_says_what_the_screen_said_in_codes() -> None:
    talk = make_talk()
    protocol = [{"step": "done", "answer": "no"}]
    talk.scene.send(talk.scene.report("urgent", protocol=protocol, referrals=["us-988"]))
    newest, first = talk.texts(talk.dana)["items"]
    assert (newest["protocol"], newest["referrals"]) == (protocol, ["us-988"])
    assert (first["level"], first["categories"]) == ("urgent", ["active_ideation"])
    assert "hash" not in str(newest)
