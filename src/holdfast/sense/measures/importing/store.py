"""Writes what a reader yields: in batches, each whole or not at all, each record exactly once.

A record's identifier is a UUIDv5 of the practice, the person, the instrument, the instant and the
source's own key, so the same file imported twice, or again after it was cut off, finds its records
there and leaves them. Memory is flat: one batch of entries, and one line per refused row on disk.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from zoneinfo import ZoneInfo

import orjson
from django.db import transaction

from holdfast.core import clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.tenancy.models import Client, Practice
from holdfast.safety.flags import facade as flags
from holdfast.sense.measures.engine.alerts import Alert
from holdfast.sense.measures.engine.catalogue import Catalogue, UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.engine.scoring import AnswerError, Scored, read_answers, score
from holdfast.sense.measures.importing.records import Answers, Entry, Happening, Person
from holdfast.sense.measures.models import LifeEvent, Response, Score

BATCH = 500


class Unusable(Exception):
    """An entry that does not fit its instrument; the text is the reason shown."""


@dataclass
class Counts:
    """How many entries were read, and what became of them."""

    read: int = 0
    imported: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass
class _Prepared:
    """An entry as rows, not yet written."""

    entry: Entry
    responses: list[Response] = field(default_factory=list)
    scored: list[tuple[Response, Instrument, Scored]] = field(default_factory=list)
    events: list[LifeEvent] = field(default_factory=list)

    @property
    def rows(self) -> list[Response | LifeEvent]:
        return [*self.responses, *self.events]


class Store:
    """One import into one practice. `refuse(line, reason)` is told of every refused entry."""

    def __init__(
        self,
        practice: Practice,
        catalogue: Catalogue,
        *,
        by: Actor,
        refuse: Callable[[int, str], None],
        time_zone: str = "UTC",
        dry_run: bool = False,
    ) -> None:
        self.practice = practice
        self.catalogue = catalogue
        self.by = by
        self.refuse = refuse
        self.time_zone = time_zone
        self.zone = ZoneInfo(time_zone)
        self.dry_run = dry_run
        self.counts = Counts()
        self.clients: dict[str, Client] = {}
        self.planned: set[str] = set()

    def run(self, entries: Iterable[Entry], progress: Callable[[int], None]) -> Counts:
        """Write all entries; `progress` is called with the line reached after each batch."""
        for batch in _batches(entries, BATCH):
            self._write(batch)
            progress(batch[-1].line)
        if not self.dry_run:
            counts = {"read": self.counts.read, "imported": self.counts.imported}
            record("import", "response", by=self.by, detail=counts)
        return self.counts

    def _refuse(self, entry: Entry, reason: str) -> None:
        self.counts.refused += 1
        self.refuse(entry.line, reason)

    def _write(self, batch: list[Entry]) -> None:
        self.counts.read += len(batch)
        usable = [entry for entry in batch if not entry.reason]
        for entry in batch:
            if entry.reason:
                self._refuse(entry, entry.reason)
        if self.dry_run:
            self._write_usable(usable)
            return
        with transaction.atomic():
            self._write_usable(usable)

    def _write_usable(self, entries: list[Entry]) -> None:
        self._find_clients(entries)
        prepared = []
        for entry in entries:
            try:
                prepared.append(self._prepare(entry))
            except Unusable as error:
                self._refuse(entry, str(error))
        new = self._new(prepared)
        if not self.dry_run:
            self._insert(new)

    # --- people ---------------------------------------------------------------------------

    def _find_clients(self, entries: list[Entry]) -> None:
        """Load, or make, the client of every person in the batch."""
        people = {e.person.external_id: e.person for e in entries if e.person is not None}
        unknown = [key for key in people if key not in self.clients]
        rows = Client.objects.filter(practice=self.practice, external_id__in=unknown)
        self.clients |= {row.external_id: row for row in rows}
        for key in unknown:
            if key not in self.clients:
                self.clients[key] = self._make_client(people[key])

    def _make_client(self, person: Person) -> Client:
        client = Client(
            practice=self.practice,
            external_id=person.external_id,
            country=person.country,
            language=person.language or "en",
            time_zone=self.time_zone,
            sex=person.sex,
            joined_at=clock.now(),
        )
        client.display_name = person.name or person.external_id.rsplit(":", 1)[-1]
        if not self.dry_run:
            client.save(force_insert=True)
        return client

    # --- from entries to rows -------------------------------------------------------------

    def _prepare(self, entry: Entry) -> _Prepared:
        if entry.person is None:
            raise Unusable("no person")
        client = self.clients[entry.person.external_id]
        prepared = _Prepared(entry)
        for answers in entry.answers:
            instrument = self._instrument(answers)
            scored = _score(instrument, answers, client)
            response = self._response(client, entry.person, answers, instrument, scored)
            prepared.responses.append(response)
            prepared.scored.append((response, instrument, scored))
        prepared.events = [self._event(client, entry.person, one) for one in entry.happenings]
        return prepared

    def _instrument(self, answers: Answers) -> Instrument:
        try:
            return self.catalogue.get(answers.instrument, answers.version)
        except UnknownInstrument:
            version = f" {answers.version}" if answers.version else ""
            raise Unusable(f"instrument {answers.instrument}{version} is not at hand") from None

    def _identifier(self, person: Person, *parts: object) -> uuid.UUID:
        return uuid.uuid5(self.practice.pk, "|".join([person.external_id, *map(str, parts)]))

    def _response(
        self,
        client: Client,
        person: Person,
        answers: Answers,
        instrument: Instrument,
        scored: Scored,
    ) -> Response:
        given = read_answers(instrument, answers.items)[0] if answers.items else {}
        said = {name: code for name, code in given.items() if code is not None}
        occasion = answers.occasion or answers.at.isoformat()
        body = orjson.dumps([said, dict(scored.scores)], option=orjson.OPT_SORT_KEYS)
        return Response(
            id=self._identifier(person, instrument.id, occasion, answers.key),
            practice=self.practice,
            client=client,
            instrument=instrument.id,
            version=instrument.version,
            language=answers.language,
            answers=said,
            answered_at=answers.at,
            received_at=clock.now(),
            time_zone=self.time_zone,
            local_date=answers.at.astimezone(self.zone).date(),
            source=Response.Source.IMPORT,
            historical=True,
            content_digest=hashlib.sha256(body).hexdigest(),
            band=scored.band or "",
            missing=list(scored.missing),
            alerts=[{"code": one.code, "level": one.level} for one in scored.alerts],
        )

    def _event(self, client: Client, person: Person, happening: Happening) -> LifeEvent:
        at = happening.at.isoformat()
        event = LifeEvent(
            id=self._identifier(person, "event", happening.kind, happening.label, at),
            practice=self.practice,
            client=client,
            kind=happening.kind,
            at=happening.at,
            dose=happening.dose,
            unit=happening.unit,
            created_at=clock.now(),
        )
        event.label = happening.label
        return event

    # --- exactly once ---------------------------------------------------------------------

    def _new(self, prepared: list[_Prepared]) -> list[_Prepared]:
        """Those with a row that is not there yet, left with their new rows only.

        An entry that says something else under an identifier that is taken is refused whole.
        """
        ids = [row.pk for one in prepared for row in one.responses]
        event_ids = [row.pk for one in prepared for row in one.events]
        known: dict[uuid.UUID, str] = dict(
            Response.objects.filter(practice=self.practice, pk__in=ids).values_list(
                "pk", "content_digest"
            )
        )
        events = LifeEvent.objects.filter(practice=self.practice, pk__in=event_ids)
        taken = set(events.values_list("pk", flat=True))
        new = []
        for one in prepared:
            if any(known.get(r.pk, r.content_digest) != r.content_digest for r in one.responses):
                self._refuse(one.entry, "other answers are recorded for this person and instant")
                continue
            one.responses = [row for row in one.responses if row.pk not in known]
            one.scored = [entry for entry in one.scored if entry[0].pk not in known]
            one.events = [row for row in one.events if row.pk not in taken]
            known |= {row.pk: row.content_digest for row in one.responses}
            taken |= {row.pk for row in one.events}
            if one.rows:
                self.counts.imported += 1
                new.append(one)
            else:
                self.counts.unchanged += 1
        return new

    def _insert(self, new: list[_Prepared]) -> None:
        Response.objects.bulk_create([row for one in new for row in one.responses])
        Score.objects.bulk_create(
            [row for one in new for entry in one.scored for row in _score_rows(*entry)]
        )
        LifeEvent.objects.bulk_create([row for one in new for row in one.events])
        for one in new:
            for response, _, scored in one.scored:
                if scored.alerts:
                    self._flag_onset(response, scored.alerts)

    # --- historical flags -----------------------------------------------------------------

    def _flag_onset(self, response: Response, alerts: tuple[Alert, ...]) -> None:
        """Mark where an alert begins: the answer before it did not raise the same one."""
        before = (
            Response.objects.filter(
                practice=self.practice,
                client_id=response.client_id,
                instrument=response.instrument,
                answered_at__lt=response.answered_at,
            )
            .order_by("-answered_at")
            .values_list("alerts", flat=True)
            .first()
        )
        already = {alert["code"] for alert in before or []}
        begun = [alert for alert in alerts if alert.code not in already]
        if begun:
            flags.raise_signals(
                client=response.client,
                signals=[_signal(alert, response) for alert in begun],
                answered_at=response.answered_at,
                received_at=response.received_at,
                historical=True,
                by=self.by,
            )


def _signal(alert: Alert, response: Response) -> flags.Signal:
    return flags.Signal(
        code=alert.code,
        level=alert.level,
        reason=alert.reason,
        response_id=response.pk,
        item=alert.item,
        scale=alert.scale,
    )


def _batches(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    iterator = iter(entries)
    while batch := list(islice(iterator, size)):
        yield batch


def _score(instrument: Instrument, answers: Answers, client: Client) -> Scored:
    sex = client.sex if client.sex in {"female", "male"} else None
    if not answers.scores:
        try:
            return score(instrument, answers.items, sex=sex)  # type: ignore[arg-type]
        except AnswerError as error:
            raise Unusable(f"{instrument.id}: {error}") from None
    for name, value in answers.scores.items():
        try:
            low, high = instrument.scale(name).range
        except KeyError:
            raise Unusable(f"{instrument.id} has no scale {name}") from None
        if not low <= value <= high:
            raise Unusable(f"{instrument.id} {name}: {value:g} is outside {low:g} to {high:g}")
    main = instrument.scales[0]
    band = main.band(answers.scores.get(main.id))
    return Scored(scores=answers.scores, band=band, missing=(), alerts=())


def _score_rows(response: Response, instrument: Instrument, scored: Scored) -> Iterator[Score]:
    for scale in instrument.scales:
        value = scored.scores.get(scale.id)
        if value is None:
            continue
        yield Score(
            practice_id=response.practice_id,
            client_id=response.client_id,
            response=response,
            instrument=instrument.id,
            scale=scale.id,
            main=scale is instrument.scales[0],
            value=value,
            band=scale.band(value) or "",
            answered_at=response.answered_at,
            historical=True,
        )
