"""Give and withdraw consent."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from holdfast.core import bulk, clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.consent import texts
from holdfast.core.consent.models import Consent, ConsentText
from holdfast.core.problems import Conflict
from holdfast.core.tenancy.models import Client


class TextChanged(Conflict):
    code = "consent-text-changed"
    title = "The words have changed since you read them. Read them again, then decide."


def give(
    client: Client, purpose: str, *, by: Actor, language: str = "", shown: str | None = None
) -> Consent:
    """Record a consent to the newest words; one that stands with these words is returned as it is.

    `shown` is the SHA-256 of what the person read. Raises TextChanged where that is not what stands
    now, in any language.
    """
    text = texts.current(purpose, language or client.language)
    if shown is not None and shown != text.sha256:
        raise TextChanged
    with transaction.atomic():
        Client.objects.select_for_update().filter(pk=client.pk).first()
        standing = _standing(client, purpose).filter(text_sha256=text.sha256).first()
        if standing is not None:
            return standing
        now = clock.now()
        kept = ConsentText(
            sha256=text.sha256, purpose=purpose, version=text.version, language=text.language,
            text=text.shown, kept_at=now,
        )  # fmt: skip
        bulk.insert_few(ConsentText, [bulk.row_of(kept)])
        consent = Consent.objects.create(
            practice_id=client.practice_id, client=client, purpose=purpose, version=text.version,
            language=text.language, text_sha256=text.sha256, given_at=now,
        )  # fmt: skip
        _note_on_record(client)
        detail = {"purpose": purpose, "version": text.version, "language": text.language}
        record("give", "consent", by=by, resource_id=consent.pk, client_id=client.pk, detail=detail)
    return consent


def withdraw(consent: Consent, *, by: Actor) -> None:
    """Withdraw what was agreed to for the consent's purpose, in whatever version; doing so again
    changes nothing. It holds from the next request on.
    """
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=consent.client_id)
        changed = _standing(client, consent.purpose).update(withdrawn_at=clock.now())
        if changed:
            _note_on_record(client)
            record(
                "withdraw",
                "consent",
                by=by,
                resource_id=consent.pk,
                client_id=consent.client_id,
                detail={"purpose": consent.purpose},
            )


def _standing(client: Client, purpose: str) -> QuerySet[Consent]:
    return Consent.objects.filter(
        practice_id=client.practice_id, client=client, purpose=purpose, withdrawn_at=None
    )


def _note_on_record(client: Client) -> None:
    """Which purposes the person decided about and none of whose consents stands."""
    rows = Consent.objects.filter(practice_id=client.practice_id, client=client)
    decided = dict.fromkeys(rows.values_list("purpose", flat=True))
    stands = set(rows.filter(withdrawn_at=None).values_list("purpose", flat=True))
    client.consents_withdrawn = ",".join(sorted(set(decided) - stands))
    Client.objects.filter(pk=client.pk).update(consents_withdrawn=client.consents_withdrawn)
