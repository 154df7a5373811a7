"""A stolen database and its files, without the master key: what can be read, and nothing else."""

from __future__ import annotations

import base64
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from holdfast.core import clock
from holdfast.core.notify.subscriptions import Browser, subscribe
from holdfast.core.tenancy.invitations import invite
from holdfast.sense.measures.actions import add_life_event, add_medication
from tests import factories
from tests.integration.cli.installation import Installation, copy_of
from tests.integration.crypto import at_rest

pytestmark = pytest.mark.django_db

NAME, WORD, PLACE, NUMBER = "Quixotine", "Zyzzyvas", "Xylophonweg", "+49 30 5550123"
PLANTED = (NAME, WORD, PLACE, NUMBER, "quixotine")


def fill() -> None:
    """One of everything that names somebody or that somebody wrote, through the program itself."""
    practice = factories.make_practice(
        end_of_chain_name=NAME, end_of_chain_phone=NUMBER, contact_phone=NUMBER,
        end_of_chain_instructions=f"ring {NAME}",
    )  # fmt: skip
    user = factories.make_user("quixotine", email="quixotine@example.org")
    client = factories.make_client(
        practice, user=user, display_name=NAME, external_id=f"clinic:{NAME}",
        contact={"phone": NUMBER, "email": "quixotine@example.org", "emergency_contact": None},
    )  # fmt: skip
    client.current_location = PLACE
    client.save()
    staff = factories.make_member(practice, "administrator", display_name=NAME)
    by = factories.actor_for(staff)
    factories.close_on(practice, clock.now().date(), reason=f"{NAME} is away")
    invite(practice, "clinician", by=by, email="quixotine@example.org")
    add_life_event(client=client, kind="life", label=WORD, at=clock.now(), by=by)
    add_medication(client=client, name=WORD, frequency=f"{WORD} daily", by=by)
    browser = Browser(f"https://web.push.apple.com/{WORD}", WORD, WORD)
    subscribe(user.pk, browser, "phone", clock.now())
    factories.browser(user)


def raw() -> dict[tuple[str, str], list[bytes]]:
    """Every value of every column as it stands in the database."""
    found: dict[tuple[str, str], list[bytes]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [one[0] for one in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if value is not None:
                        found.setdefault((table, name), []).append(_bytes(value))
    return found


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def test_the_list_names_every_column_that_can_hold_words() -> None:
    there, listed = at_rest.columns(), {t: set(held) for t, held in at_rest.listed().items()}
    missing = {t: names - listed.get(t, set()) for t, names in there.items()}
    gone = {t: names - there.get(t, set()) for t, names in listed.items()}
    advice = "name it in tests/integration/crypto/at_rest.yaml, then run its reference.py"
    assert {t: names for t, names in missing.items() if names} == {}, advice
    assert {t: names for t, names in gone.items() if names} == {}, advice


def test_what_the_list_calls_sealed_tells_nothing_and_no_column_holds_a_name() -> None:
    fill()
    found = raw()
    needles = {
        form
        for text in PLANTED
        for plain in (text.encode(), text.encode("utf-16-le"))
        for form in (plain, base64.b64encode(plain)[:-4])
    }
    held = {
        f"{table}.{column}": needle
        for (table, column), values in found.items()
        for value in values
        for needle in needles
        if needle in value
    }
    assert held == {}
    seen = set()
    for table, column_kinds in at_rest.listed().items():
        for column, kind in column_kinds.items():
            if kind in at_rest.SEALED and kind != "vault":
                for value in found.get((table, column), []):
                    if value:
                        seen.add(kind)
                        assert looks_random(kind, value), f"{table}.{column}"
    assert seen == set(at_rest.SEALED) - {"vault"}


def looks_random(kind: str, value: bytes) -> bool:
    """Whether a value has the form of what is sealed: its mark, and hardly a byte twice."""
    if kind == "findable":
        return value.startswith(b"~1.")
    blob = value if value[:1] == b"\x02" else base64.b64decode(value)
    return blob[:1] == b"\x02" and len(blob) >= 29 and len(set(blob)) > len(blob[:64]) / 2


def test_the_page_has_the_list() -> None:
    assert at_rest.on_the_page() == at_rest.rendered(), (
        "python -m tests.integration.crypto.reference"
    )


@pytest.mark.any_database
def test_the_list_names_every_kind_of_file(migrated: Installation, tmp_path: Path) -> None:
    folder = tmp_path
    installation = copy_of(migrated, folder / "var")
    installation.people(2)
    printed = installation.must("backup-key", str(folder / "key"))
    for name in ("nas", "safe"):
        (folder / name).mkdir()
    recipient = printed.strip().rpartition("=")[2]
    installation.must("backup", "--to", str(folder / "nas"), "--keys-to", str(folder / "safe"),
                      "--recipient", recipient)  # fmt: skip
    files = [path for path in folder.rglob("*") if path.is_file() and path != folder / "key"]
    assert len(files) >= 5
    for path in files:
        base = next(one for one in (folder / "var", folder / "nas", folder / "safe")
                    if path.is_relative_to(one))  # fmt: skip
        name = str(path.relative_to(base))
        assert any(fnmatch(name, pattern) for pattern, _ in at_rest.FILES), name
