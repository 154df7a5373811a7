"""From a fee list to an invoice in the person's hands, and what may not happen on the way."""

from __future__ import annotations

import io
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from holdfast.core import clock
from holdfast.core.audit.models import AuditEvent
from holdfast.core.identity.erasure import Subject
from holdfast.core.leaving import copies as copying
from holdfast.core.tenancy.models import Client, Membership
from holdfast.meet.billing import charging, copies, erasure, issuing
from holdfast.meet.billing.models import Charge, Document, FeeAgreement
from holdfast.meet.encounters.models import Encounter
from holdfast.meet.matching.models import Licence
from tests import factories
from tests.integration.core import wire

pytestmark = [pytest.mark.django_db, pytest.mark.exhaustive_on_postgres]

#: Made up: no code system's content comes with this.
CSV = "code,description,amount,currency\nT50,Talk of 50 minutes,120.00,EUR\nH1,Time held,40,EUR\n"
ISSUER = {
    "name": "Practice Linde",
    "address": "Way 1\n10115 Town",
    "tax_id": "12/345",
    "foot": "Exempt from tax.",
    "prefix": "L-",
}


class Scene:
    """Ada runs the practice, Dana treats Ines; a fee list and a letterhead are there."""

    def __init__(self) -> None:
        self.practice = factories.make_practice()
        self.dana = factories.make_member(self.practice, "clinician", display_name="Dana")
        self.ada = factories.make_member(self.practice, "administrator", display_name="Ada")
        self.ines = factories.make_client(self.practice, display_name="Ines")
        factories.join_care_team(self.ines, self.dana)
        self.base = f"/api/v1/practices/{self.practice.pk}"
        self.browsers: dict[Any, Browser] = {}

    def ask(self, who: Membership | Client, method: str, rest: str, body: Any = None) -> Any:
        assert who.user is not None
        if who.pk not in self.browsers:
            self.browsers[who.pk] = factories.browser(who.user, isinstance(who, Membership))
        return wire.send(self.browsers[who.pk], method, self.base + rest, body)

    def of_ines(self, method: str, rest: str, body: Any = None, who: Any = None) -> Any:
        return self.ask(who or self.dana, method, f"/clients/{self.ines.pk}{rest}", body)

    def set_up(self) -> Scene:
        assert self.ask(self.ada, "PUT", "/billing/issuer", ISSUER).status_code == 200
        assert self.import_fees(CSV).status_code == 201
        return self

    def import_fees(self, text: str, system: str = "urn:x:own") -> Any:
        body = {
            "id": str(uuid.uuid4()),
            "name": "Own fees",
            "system": system,
            "licence": "The practice's own.",
            "csv": text,
        }
        return self.ask(self.ada, "POST", "/billing/fee-lists", body)

    def fee(self, code: str = "T50") -> str:
        found = self.ask(self.dana, "GET", f"/billing/fees?q={code}").json()["items"]
        return str(found[0]["id"])

    def visit(self, status: str = "finished", days_ago: int = 1) -> Encounter:
        at = clock.now() - timedelta(days=days_ago)
        return Encounter.objects.create(
            practice=self.practice, client=self.ines, membership=self.dana, status=status,
            starts_at=at, created_at=at,
        )  # fmt: skip

    def charge(self, visit: Encounter, code: str = "T50", **more: Any) -> Any:
        body = {"id": str(uuid.uuid4()), "encounter_id": str(visit.pk), "fee_id": self.fee(code)}
        return self.of_ines("POST", "/charges", body | more)

    def charged(self, visit: Encounter | None = None) -> str:
        answer = self.charge(visit or self.visit())
        assert answer.status_code == 201, answer.content
        return str(answer.json()["charges"][0]["id"])

    def issue(self, *charges: str, kind: str = "invoice", **more: Any) -> Any:
        body = {
            "id": str(uuid.uuid4()), "kind": kind, "charge_ids": list(charges),
            "recipient": "Ines\nLane 2",
        }  # fmt: skip
        return self.of_ines("POST", "/invoices", body | more)

    def text(self, document: dict[str, Any], who: Any = None) -> str:
        answer = self.of_ines("GET", f"/invoices/{document['id']}/document.pdf", who=who)
        assert answer.status_code == 200, answer.content
        reader = PdfReader(io.BytesIO(answer.content))
        assert reader.trailer["/Root"].get_object().get("/StructTreeRoot"), "tagged"  # type: ignore[union-attr]
        return "\n".join(page.extract_text() for page in reader.pages).replace("\u00a0", " ")


@pytest.fixture
def scene() -> Scene:
    return Scene().set_up()


def test_a_visit_is_charged_billed_and_read_by_its_person(scene: Scene) -> None:
    charge = scene.charged()
    issued = scene.issue(charge)
    assert issued.status_code == 201, issued.content
    document = issued.json()
    assert (document["number"], document["total"], document["currency"]) == (
        "L-00001", 12000, "EUR"
    )  # fmt: skip
    (own,) = scene.of_ines("GET", "/invoices", who=scene.ines).json()["items"]
    assert own["id"] == document["id"]
    text = scene.text(document, who=scene.ines)
    for part in ("Invoice", "Practice Linde", "Lane 2", "T50", "120.00 EUR", "L-00001"):
        assert part in text
    assert scene.of_ines("GET", "/charges", who=scene.ines).status_code == 403
    (row,) = scene.ask(scene.ada, "GET", journal_path()).json()["items"]
    assert (row["number"], row["total"]) == ("L-00001", 12000)
    assert "Ines" not in json.dumps(row)


def journal_path(suffix: str = "") -> str:
    today, day = clock.now().date(), timedelta(days=1)
    return f"/billing/journal{suffix}?since={today - day}&until={today + day}"


def test_the_step_that_was_agreed_is_asked_and_names_with_whom(scene: Scene) -> None:
    step = {"id": str(uuid.uuid4()), "name": "Half", "percent": 50}
    assert scene.ask(scene.ada, "PUT", "/billing/scale", {"steps": [step]}).status_code == 200
    before = scene.charged()
    agreed = scene.of_ines("PUT", "/fee-agreement", {"step_id": step["id"]}).json()
    assert (agreed["percent"], agreed["agreed_with"]) == (50, "Dana")
    assert scene.of_ines("GET", "/fee-agreement", who=scene.ines).json()["name"] == "Half"
    after = scene.charged(scene.visit(days_ago=0))
    amounts = dict(Charge.objects.values_list("pk", "amount"))
    assert (amounts[uuid.UUID(before)], amounts[uuid.UUID(after)]) == (12000, 6000)
    text = scene.text(scene.issue(before, after, language="de").json())
    assert "180,00 EUR" in text
    assert "50 % von 120,00 EUR" in text
    # A step that is taken out of the scale is agreed with nobody any more; who has it keeps it.
    assert scene.ask(scene.ada, "PUT", "/billing/scale", {"steps": []}).json()["scale"] == []
    assert scene.of_ines("PUT", "/fee-agreement", {"step_id": step["id"]}).status_code == 422
    assert scene.of_ines("GET", "/fee-agreement").json()["percent"] == 50


@pytest.mark.parametrize("status", ["planned", "waiting", "in_session", "cancelled"])
def test_what_did_not_end_or_was_called_off_in_time_is_not_charged(
    scene: Scene, status: str
) -> None:
    assert scene.charge(scene.visit(status)).json()["code"] == "not-chargeable"
    assert scene.of_ines("GET", "/charges").json()["chargeable"] == []


def test_a_no_show_is_charged_by_decision_and_the_paper_says_what_it_was(scene: Scene) -> None:
    visit = scene.visit("no_show")
    (open_,) = scene.of_ines("GET", "/charges").json()["chargeable"]
    assert (open_["kind"], Charge.objects.count()) == ("no_show", 0)
    charge = scene.charge(visit, "H1").json()["charges"][0]
    assert (charge["kind"], charge["decided_by"], charge["amount"]) == ("no_show", "Dana", 4000)
    assert "nobody came" in scene.text(scene.issue(charge["id"]).json())


def test_a_visit_is_charged_once_until_it_is_dropped(scene: Scene) -> None:
    visit = scene.visit()
    first = scene.charged(visit)
    assert scene.charge(visit).json()["code"] == "charged-already"
    assert scene.of_ines("POST", f"/charges/{first}/drop").json()["charges"] == []
    assert scene.charge(visit).status_code == 201
    assert scene.issue(first).json()["code"] == "charge-taken"


def test_what_is_sent_again_is_done_once(scene: Scene) -> None:
    visit, same = scene.visit(), str(uuid.uuid4())
    for _ in range(2):
        assert scene.charge(visit, id=same).status_code == 201
    issued = [scene.issue(same, id=str(uuid.UUID(int=7))) for _ in range(2)]
    assert [one.status_code for one in issued] == [201, 201]
    assert (Charge.objects.count(), Document.objects.count()) == (1, 1)
    assert AuditEvent.objects.filter(resource="invoice", action="issue").count() == 1


def test_an_invoice_is_taken_back_by_another_and_never_changed(scene: Scene) -> None:
    charge = scene.charged()
    first = scene.issue(charge).json()
    before = bytes(Document.objects.get().pdf_sealed)
    assert scene.of_ines("POST", f"/charges/{charge}/drop").json()["code"] == "charge-taken"
    back = scene.of_ines("POST", f"/invoices/{first['id']}/cancel", {"id": str(uuid.uuid4())})
    assert back.status_code == 201, back.content
    assert (back.json()["total"], back.json()["number"]) == (-12000, "L-00002")
    assert back.json()["cancels"] == "L-00001"
    assert "\u2212120.00 EUR" in scene.text(back.json())
    again = scene.of_ines("POST", f"/invoices/{first['id']}/cancel", {"id": str(uuid.uuid4())})
    assert again.json()["code"] == "document-cancelled"
    anew = scene.issue(charge).json()
    assert (anew["number"], anew["total"]) == ("L-00003", 12000)
    row = Document.objects.get(pk=first["id"])
    assert bytes(row.pdf_sealed) == before
    with pytest.raises(TypeError, match="never changed"):
        row.save()
    events = AuditEvent.objects.filter(resource="invoice", action="issue")
    assert {one.detail["digest"] for one in events} <= set(
        Document.objects.values_list("digest", flat=True)
    )


def test_a_superbill_names_licences_and_the_codes_that_were_typed_for_it(scene: Scene) -> None:
    Licence.objects.create(
        practice=scene.practice, membership=scene.dana, title="Psychologist", number="PSY-9",
        jurisdiction="US-CA", expires_on=clock.now().date(), status="verified",
        decided_at=clock.now(),
    )  # fmt: skip
    charge = scene.charged()
    early = scene.issue(charge, kind="superbill")
    assert early.json()["code"] == "charge-taken", "a superbill lists what is billed"
    assert scene.issue(charge, diagnoses=["F41.0"]).status_code == 422
    invoice = scene.issue(charge).json()
    bill = scene.issue(charge, kind="superbill", diagnoses=["F41.0", "F33.1"]).json()
    assert bill["number"] == "L-S00001"
    text = scene.text(bill, who=scene.ines)
    assert "F41.0, F33.1" in text
    assert "Psychologist PSY-9 (US-CA)" in text
    plain = scene.issue(charge, kind="superbill").json()
    assert "F41.0" not in scene.text(plain)
    assert "F41.0" not in scene.text(invoice)
    assert scene.issue(charge, kind="superbill", diagnoses=["panic attacks"]).status_code == 422
    assert "F41.0" not in json.dumps(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_without_a_letterhead_nothing_is_issued() -> None:
    scene = Scene()
    assert scene.import_fees(CSV).status_code == 201
    assert scene.issue(scene.charged()).json()["code"] == "no-letterhead"


def test_a_list_is_taken_whole_or_not_at_all(scene: Scene) -> None:
    bad = scene.import_fees(CSV + "X1,Nothing,1.001,EUR\n", "urn:x:other")
    assert bad.status_code == 422
    assert bad.json()["errors"] == [
        {"field": "csv.4", "code": "digits", "detail": "Line 4 cannot be taken."}
    ]
    assert len(scene.ask(scene.dana, "GET", "/billing/fees").json()["items"]) == 2
    terms = scene.ask(scene.dana, "GET", "/billing").json()
    assert [(one["system"], one["codes"]) for one in terms["lists"]] == [("urn:x:own", 2)]
    # The same system again takes the place of the one before; what was charged keeps its words.
    charge = scene.charged()
    assert scene.import_fees("code,description,amount,currency\nN1,New,1,EUR\n").status_code == 201
    assert scene.ask(scene.dana, "GET", "/billing/fees?q=T50").json()["items"] == []
    assert "T50" in scene.text(scene.issue(charge).json())


def test_only_an_administrator_sets_terms_and_sees_the_books(scene: Scene) -> None:
    assert scene.ask(scene.dana, "PUT", "/billing/scale", {"steps": []}).status_code == 403
    assert scene.ask(scene.dana, "GET", journal_path()).status_code == 403
    scene.issue(scene.charged())
    answer = scene.ask(scene.ada, "GET", journal_path(".csv"))
    lines = answer.content.decode().splitlines()
    assert [one.split(",")[:2] for one in lines] == [["number", "kind"], ["L-00001", "invoice"]]


def test_lists_cost_the_same_however_long_they_are(scene: Scene) -> None:
    def cost() -> list[int]:
        found = []
        for read in (charging.charges, charging.chargeable, issuing.documents):
            with CaptureQueriesContext(connection) as asked:
                read(scene.ines)
            found.append(len(asked))
        return found

    scene.issue(scene.charged())
    scene.visit()
    first = cost()
    for _ in range(3):
        scene.issue(scene.charged())
        scene.visit()
    assert cost() == first == [1, 3, 1]


def test_the_copy_has_what_was_charged_and_each_document(scene: Scene) -> None:
    charge = scene.charged()
    scene.issue(charge)
    scene.issue(charge, kind="superbill", diagnoses=["F41.0"])
    kinds = [one["resourceType"] for one in copies.resources(scene.ines)]
    assert kinds == ["ChargeItem", "Invoice", "DocumentReference"]
    table = next(one for one in copying.tables() if one.name == "invoices.csv")
    assert [tuple(row)[1:] for row in table.rows(scene.ines)] == [
        ("invoice", "L-00001", 12000, "EUR"),
        ("superbill", "L-S00001", 12000, "EUR"),
    ]


@pytest.mark.parametrize("keep", [True, False])
def test_who_leaves_takes_what_was_agreed_and_the_books_keep_their_numbers(
    scene: Scene, keep: bool
) -> None:
    billed = scene.charged()
    scene.charged(scene.visit(days_ago=3))
    scene.issue(billed)
    scene.of_ines("PUT", "/fee-agreement", {"step_id": None})
    assert scene.ines.user is not None
    subject = Subject(
        user_id=scene.ines.user.pk, practice_id=scene.practice.pk, client_id=scene.ines.pk,
        keep=keep,
    )  # fmt: skip
    for _ in range(2):
        erasure.forget(subject)
    assert FeeAgreement.objects.count() == 0
    row = Document.objects.get()
    assert (row.label, row.total) == ("L-00001", 12000)
    if keep:
        assert [str(pk) for pk in Charge.objects.values_list("pk", flat=True)] == [billed]
        assert (row.client_id, row.content["person"]) == (scene.ines.pk, "Ines")
    else:
        assert Charge.objects.count() == 0
        left = (row.client_id, bytes(row.content_sealed), bytes(row.pdf_sealed))
        assert left == (None, b"", b"")
