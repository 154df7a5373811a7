"""The safety plan: sealed by the person, granted to their team and to whoever is on call."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity.erasure import Subject
from holdfast.core.tenancy.models import Membership
from holdfast.core.vault import sharing_queries
from holdfast.core.vault.announcements import tell_of_leavers
from holdfast.core.vault.engine import items
from holdfast.core.vault.models import ItemVersion, Opening
from holdfast.core.vault.schemas import VersionShape
from holdfast.safety.flags import tasks
from holdfast.safety.plans import erasure
from holdfast.safety.plans.models import Proposal
from tests import factories
from tests.integration.core import wire
from tests.integration.core.shares import grant_of, read, share
from tests.integration.core.vaults import Device, shown
from tests.integration.safety.scene import MONDAY_10, Scene, at, make_scene
from tests.integration.safety.test_flags import raise_one

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]
WORDS = b'{"steps": {"coping": ["Walk to the harbour"]}}'
AT_16 = "2026-11-23T16:00:01+00:00"


@dataclass
class Here:
    """Noor at her phone; Dana, who treats her; Eli, who is only on call. Each has a vault."""

    scene: Scene
    noor: Device
    dana: Device
    eli: Device

    def ask(self, device: Device, rest: str = "", method: str = "GET", body: Any = None) -> Any:
        return wire.send(device.browser, method, self.scene.mine(f"safety-plan{rest}"), body)

    def readers(self) -> dict[str, dict[str, Any]]:
        found = self.ask(self.noor, "/readers").json()["items"]
        return {each["name"]: each for each in found}

    def plan(self, words: bytes = WORDS, *follows: items.Version) -> items.Version:
        """A version of the plan, kept."""
        version = sealed(self.noor, "safety-plan", words, *follows)
        assert self.noor.send(version).status_code == 201
        return version

    def share(self, version: items.Version, *readers: Device) -> Any:
        return share(self.noor, *(grant_of(self.noor, version, each) for each in readers))

    def reads(self, device: Device) -> list[bytes]:
        return read(self.ask(device).json(), device, self.noor)


def sealed(
    device: Device,
    kind: str,
    words: bytes,
    *follows: items.Version,
    readers: tuple[items.Reader, ...] = (),
) -> items.Version:
    item = follows[0].header.item if follows else uuid.uuid4()
    revision = 1 + max((each.header.revision for each in follows), default=0)
    previous = tuple(sorted(each.hash for each in follows))
    header = items.Header(item, device.user.pk, kind, 1, revision, previous)
    key = secrets.token_bytes(32)
    return items.seal(header, words, item_key=key, owner=device.private, readers=readers)


def with_vault(member: Membership) -> Device:
    device = Device(member.user)
    assert device.set_up().status_code == 204
    return device


@pytest.fixture
def here() -> Here:
    with at(MONDAY_10):
        scene = make_scene()
        assert scene.client.user is not None
        noor = Device(scene.client.user, scene.client)
        assert noor.set_up().status_code == 204
        return Here(scene, noor, with_vault(scene.dana), with_vault(scene.eli))


def test_the_list_of_readers_is_the_team_and_whoever_is_on_call(here: Here) -> None:
    with at(MONDAY_10):
        found = here.readers()
        assert {name: each["why"] for name, each in found.items()} == {
            "Dana": "team", "Eli": "on_call",
        }  # fmt: skip
        assert all(len(each["keys"]) == 1 and not each["holds"] for each in found.values())
        version = here.plan()
        assert here.share(version, here.dana).status_code == 200
        held = here.readers()["Dana"]
        assert (held["holds"], len(held["hashes"]), held["opened_at"]) == (True, 1, None)
        here.plan(b"{}", version)
        assert here.readers()["Dana"]["hashes"] == [], "of the newest version they hold nothing"
        assert here.ask(here.dana, "/readers").status_code == 403


def test_the_team_reads_what_was_granted_and_the_person_sees_when(here: Here) -> None:
    with at(MONDAY_10):
        assert here.reads(here.dana) == []
        here.share(here.plan(), here.dana)
        assert here.reads(here.dana) == [WORDS]
        assert here.readers()["Dana"]["opened_at"] == "2026-11-23T10:00:00Z"
        entry = AuditEvent.objects.filter(resource="safety_plan", action="read").latest("id")
        assert (entry.actor_id, entry.client_id) == (here.dana.user.pk, here.scene.client.pk)


def test_who_is_on_call_holds_a_grant_and_reads_only_while_a_flag_is_theirs(here: Here) -> None:
    with at(MONDAY_10):
        assert here.share(here.plan(), here.eli).status_code == 200
        raise_one(here.scene)
        assert here.ask(here.eli).status_code == 403
    with at(AT_16):
        tasks.escalate_due(factories.instant(AT_16))
        assert here.reads(here.eli) == [WORDS]


def test_to_whom_a_flag_was_handed_over_may_be_given_it(here: Here) -> None:
    with at(MONDAY_10):
        flag = raise_one(here.scene)
        sam = factories.make_member(here.scene.practice, "clinician", display_name="Sam")
        device = with_vault(sam)
        version = here.plan()
        refused = here.share(version, device)
        assert (refused.status_code, refused.json()["code"]) == (409, "vault-reader-unknown")
        path = here.scene.url(f"flags/{flag.pk}/assign")
        body = {"membership_id": str(sam.pk)}
        assert wire.send(here.dana.browser, "POST", path, body).status_code == 200
        assert here.readers()["Sam"]["why"] == "on_call"
        assert here.share(version, device).status_code == 200
        assert here.reads(device) == [WORDS]


def test_outside_the_team_nothing_but_the_plan_is_given(here: Here) -> None:
    with at(MONDAY_10):
        entry = here.noor.seal(b"a diary entry")
        here.noor.send(entry)
        assert here.share(entry, here.eli).status_code == 409
        mixed = [grant_of(here.noor, one, here.eli) for one in (entry, here.plan())]
        assert share(here.noor, *mixed).status_code == 409
        assert here.share(here.plan(), here.eli).status_code == 200


def test_the_pages_on_sharing_leave_the_plan_to_its_own(here: Here) -> None:
    with at(MONDAY_10):
        version = here.plan()
        here.share(version, here.dana, here.eli)
        overview = here.noor.browser.get(f"{here.noor.path}/sharing").json()
        assert [(each["name"], each["items"]) for each in overview["people"]] == [("Dana", 0)]
        listed = here.noor.browser.get(f"{here.noor.path}/sharing/items").json()
        assert listed["items"] == []
        of_item = f"{here.noor.path}/sharing/items?item={version.header.item}"
        assert len(here.noor.browser.get(of_item).json()["items"]) == 1
        assert here.dana.browser.get(f"{here.noor.path}/shared").json()["items"] == []
        assert Opening.objects.count() == 0
        assert tell_of_leavers(MONDAY_10) == 0, "that Eli is not of the team is no news"


def test_what_is_taken_back_is_gone_and_stays_so_until_the_persons_own_tap(here: Here) -> None:
    with at(MONDAY_10):
        version = here.plan()
        here.share(version, here.dana)
        path = f"{here.noor.path}/items/{version.header.item}/readers/{here.dana.user.pk}"
        assert wire.send(here.noor.browser, "DELETE", path).status_code == 204
        assert here.reads(here.dana) == []
        found = here.readers()["Dana"]
        assert (found["holds"], found["declined"]) == (False, True)
        here.share(version, here.dana)
        assert here.readers()["Dana"]["declined"] is False


def test_who_left_the_practice_is_listed_as_long_as_they_hold_it(here: Here) -> None:
    with at(MONDAY_10):
        here.share(here.plan(), here.eli)
        here.scene.eli.active = False
        here.scene.eli.save()
        found = here.readers()["Eli"]
        assert (found["why"], found["holds"]) == (None, True)


def test_without_consent_to_the_care_team_nobody_of_it_is_offered(here: Here) -> None:
    with at(MONDAY_10):
        path = here.scene.mine("consents")
        given = wire.send(here.noor.browser, "POST", path, {"purpose": "care_team"})
        assert given.status_code in {200, 201}
        gone = wire.send(here.noor.browser, "DELETE", f"{path}/{given.json()['id']}")
        assert gone.status_code == 204
        assert here.readers()["Dana"]["why"] == "on_call", "she is on call all the same"


def test_one_item_is_fetched_by_itself_by_its_owner(here: Here) -> None:
    with at(MONDAY_10):
        here.noor.send(here.noor.seal(b"a diary entry"))
        version = here.plan()
        found = here.noor.browser.get(f"{here.noor.path}/items?item={version.header.item}").json()[
            "items"
        ]
        assert [each["ciphertext"] for each in found] == [shown(version)["ciphertext"]]


# --- proposals


def proposal(here: Here, words: bytes = WORDS, **changes: Any) -> dict[str, Any]:
    version = sealed(here.dana, "safety-plan-proposal", words, readers=(here.noor.reader,))
    return shown(version) | changes


def test_a_proposal_is_sealed_to_the_person_who_settles_it(here: Here) -> None:
    with at(MONDAY_10):
        body = proposal(here)
        assert here.ask(here.dana, "/proposals", "POST", body).status_code == 204
        assert here.ask(here.dana, "/proposals", "POST", body).status_code == 204
        (found,) = here.ask(here.noor, "/proposals").json()["items"]
        assert (found["name"], found["ciphertext"]) == ("Dana", body["ciphertext"])
        me = here.noor.reader
        version = version_of(found)
        assert items.open_version(version, me, here.noor.private, here.dana.private.public) == WORDS
        path = f"/proposals/{found['item']}"
        assert here.ask(here.dana, path, "DELETE").status_code == 403
        assert here.ask(here.noor, path, "DELETE").status_code == 204
        assert here.ask(here.noor, path, "DELETE").status_code == 404
        assert here.ask(here.noor, "/proposals").json()["items"] == []


def version_of(found: dict[str, Any]) -> items.Version:
    return VersionShape.model_validate(found).engine()


def test_the_newest_of_one_author_takes_the_place_of_the_one_before(here: Here) -> None:
    with at(MONDAY_10):
        here.ask(here.dana, "/proposals", "POST", proposal(here))
        second = proposal(here, b"{}")
        here.ask(here.dana, "/proposals", "POST", second)
        (found,) = here.ask(here.noor, "/proposals").json()["items"]
        assert found["item"] == second["item"]
        (own,) = here.ask(here.dana, "/proposals").json()["items"]
        assert own["item"] == second["item"]


def test_what_is_not_sealed_to_the_two_of_them_is_refused(here: Here) -> None:
    with at(MONDAY_10):
        body = proposal(here)
        wrong = [
            body | {"kind": "journal"},
            body | {"content_schema": 2},
            body | {"grants": [body["grants"][0]] * 2},
            shown(sealed(here.dana, "safety-plan", WORDS, readers=(here.noor.reader,))),
            shown(sealed(here.dana, "safety-plan-proposal", WORDS, readers=(here.eli.reader,))),
            shown(sealed(here.eli, "safety-plan-proposal", WORDS, readers=(here.noor.reader,))),
        ]
        for each in wrong:
            answer = here.ask(here.dana, "/proposals", "POST", each)
            assert answer.json()["code"] == "vault-refused"
        assert here.ask(here.dana, "/proposals", "POST", body | {"grants": []}).status_code == 422
        assert here.ask(here.eli, "/proposals", "POST", body).status_code == 403
        assert not Proposal.objects.exists()


def test_a_person_without_a_vault_cannot_be_proposed_to() -> None:
    with at(MONDAY_10):
        scene = make_scene()
        dana = with_vault(scene.dana)
        person = items.Reader(scene.client.user_id, dana.private.public)  # type: ignore[arg-type]
        version = sealed(dana, "safety-plan-proposal", WORDS, readers=(person,))
        answer = wire.send(
            dana.browser, "POST", scene.mine("safety-plan/proposals"), shown(version)
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "vault-reader-unknown")


def test_proposals_go_with_the_person_and_with_their_author(here: Here) -> None:
    with at(MONDAY_10):
        here.ask(here.dana, "/proposals", "POST", proposal(here))
        other = factories.make_client(here.scene.practice)
        assert other.user_id is not None
        erasure.forget(Subject(other.user_id, here.scene.practice.pk, other.pk))
        assert Proposal.objects.count() == 1
        erasure.forget(Subject(here.noor.user.pk, here.scene.practice.pk, here.scene.client.pk))
        assert not Proposal.objects.exists()
        here.ask(here.dana, "/proposals", "POST", proposal(here))
        erasure.forget_of_author(Subject(here.dana.user.pk, None, None))
        assert not Proposal.objects.exists()


def test_the_server_keeps_nothing_that_it_could_read(here: Here) -> None:
    with at(MONDAY_10):
        here.share(here.plan(), here.dana)
        here.ask(here.dana, "/proposals", "POST", proposal(here))
    kept = [*ItemVersion.objects.values(), *Proposal.objects.values(), *AuditEvent.objects.values()]
    assert "harbour" not in str(kept)
    with at(MONDAY_10):
        found = sharing_queries.received(
            here.scene.client, here.dana.user.pk, None, kind="safety-plan"
        )
        assert len(found.versions) == 1
