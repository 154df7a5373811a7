"""Writes what a reader yields: in batches, each whole or not at all, each record exactly once.

A record's identifier is a UUIDv5 of the practice, the person, the instrument, the instant and the
source's own key, so the same file imported twice, or again after it was cut off, finds its records
there and leaves them. Memory is flat: one batch of entries, the people of the last ones, and what
grows with the file on disk (`scratch`).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.db import transaction

from holdfast.core import bulk, clock
from holdfast.core.actor import Actor
from holdfast.core.audit.actions import record
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Practice
from holdfast.sense.measures import standing
from holdfast.sense.measures.engine.catalogue import Catalogue, UnknownInstrument
from holdfast.sense.measures.engine.instrument import Instrument
from holdfast.sense.measures.importing import onsets
from holdfast.sense.measures.importing.people import Known, People, fault_of
from holdfast.sense.measures.importing.records import Answers, Entry, Happening
from holdfast.sense.measures.importing.scored import Reading, Unusable, read, score_all
from holdfast.sense.measures.importing.scratch import Scratch
from holdfast.sense.measures.models import LifeEvent, Response, Score

BATCH = 5000
#: Identifiers looked up in one statement; SQLite takes at most 32,766 variables.
LOOK_UP = 5000
#: Before this a date is a slip, not a memory; after tomorrow it is a wrong format or clock.
EARLIEST = datetime(1900, 1, 2, tzinfo=UTC)
AHEAD = timedelta(days=1)


@dataclass
class Counts:
    """How many entries were read, and what became of them: read is the sum of the others."""

    read: int = 0
    imported: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(slots=True)
class _Row:
    """A response as `bulk` takes it, and what was read of it."""

    pk: uuid.UUID
    digest: str
    reading: Reading
    columns: dict[str, Any]


@dataclass(slots=True)
class _Prepared:
    """An entry on its way to rows."""

    entry: Entry
    key: str
    client: Known
    readings: list[Reading]
    responses: list[_Row] = field(default_factory=list)
    events: list[LifeEvent] = field(default_factory=list)


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
        self._instruments: dict[tuple[str, str | None], Instrument] = {}
        self.people = People(practice, time_zone, dry_run=dry_run)

    def run(self, entries: Iterable[Entry], progress: Callable[[int], None]) -> Counts:
        """Write all entries; `progress` is called with the line reached after each batch."""
        bulk.make_room()
        with Scratch() as self.scratch:
            for batch in _batches(entries, BATCH):
                self._write(batch)
                progress(batch[-1].line)
            if not self.dry_run:
                courses = map(onsets.Course.parse, self.scratch.keys("course"))
                onsets.mark(self.practice.pk, courses, by=self.by)
        return self.counts

    def _write(self, batch: list[Entry]) -> None:
        self.now = clock.now()
        self.refusals: list[tuple[int, str]] = []
        before = self.counts.imported
        if self.dry_run:
            self._write_usable(batch)
        else:
            with transaction.atomic():
                # One import at a time into a practice, beside everything else that is written.
                Practice.objects.select_for_update(no_key=True).get(pk=self.practice.pk)
                self._write_usable(batch)
                if written := self.counts.imported - before:
                    record("import", "response", by=self.by, detail={"entries": written})
        self.counts.read += len(batch)
        self.counts.refused += len(self.refusals)
        for line, reason in sorted(self.refusals, key=lambda refusal: refusal[0]):
            self.refuse(line, reason)

    def _write_usable(self, batch: list[Entry]) -> None:
        usable = [entry for entry in batch if self._is_usable(entry)]
        people = {e.person.external_id: e.person for e in usable if e.person is not None}
        clients = self.people.of(people, self.now)
        prepared = []
        for entry in usable:
            try:
                prepared.append(self._prepare(entry, clients))
            except Unusable as error:
                self.refusals.append((entry.line, str(error)))
        score_all(reading for one in prepared for reading in one.readings)
        sound = [one for one in prepared if self._is_sound(one)]
        for one in sound:
            one.responses = [self._response(one, reading) for reading in one.readings]
            one.events = [self._event(one, each) for each in one.entry.happenings]
        new = self._new(sound)
        if not self.dry_run:
            _insert(new)
            standing.keep(self.practice.pk, _answered(new))

    # --- from entries to rows -------------------------------------------------------------

    def _is_usable(self, entry: Entry) -> bool:
        """Whether the entry can be stored at all; if not, it is refused."""
        reason = entry.reason
        if not reason:
            reason = "no person" if entry.person is None else fault_of(entry.person)
        latest = self.now + AHEAD
        for at in [one.at for one in entry.answers] + [one.at for one in entry.happenings]:
            if not EARLIEST <= at <= latest:
                reason = reason or f"time: {at.date()} cannot be"
        for answers in entry.answers:
            if len(answers.language) > 16 or not answers.language.isprintable():
                reason = reason or "language: not a language tag"
        if reason:
            self.refusals.append((entry.line, reason))
        return not reason

    def _is_sound(self, one: _Prepared) -> bool:
        """Whether all its answers fit their instruments; if not, it is refused."""
        fault = next((reading.fault for reading in one.readings if reading.fault), "")
        if fault:
            self.refusals.append((one.entry.line, fault))
        return not fault

    def _prepare(self, entry: Entry, clients: dict[str, Known]) -> _Prepared:
        key = entry.person.external_id if entry.person else ""
        client = clients[key]
        readings = [read(self._instrument(one), one, client.sex) for one in entry.answers]
        return _Prepared(entry, key, client, readings)

    def _instrument(self, answers: Answers) -> Instrument:
        """The instrument of the answers. Raises Unusable where there is none."""
        wanted = answers.instrument, answers.version
        try:
            return self._instruments[wanted]
        except KeyError:
            pass
        try:
            found = self._instruments[wanted] = self.catalogue.get(*wanted)
        except UnknownInstrument:
            version = f" {answers.version}" if answers.version else ""
            name = f"{answers.instrument:.60}{version:.20}"
            raise Unusable(f"instrument {name} is not at hand") from None
        return found

    def _identifier(self, key: str, *parts: str) -> uuid.UUID:
        """As uuid.uuid5 makes it, which takes twice as long."""
        said = self.practice.pk.bytes + "|".join((key, *parts)).encode()
        digest = hashlib.sha1(said, usedforsecurity=False).digest()
        return uuid.UUID(bytes=digest[:16], version=5)

    def _response(self, one: _Prepared, reading: Reading) -> _Row:
        answers, instrument, scored = reading.answers, reading.instrument, reading.result
        at = answers.at.astimezone(UTC)
        # A code that is whole is kept as such: 2, not 2.0.
        said = {
            name: whole if (whole := int(code)) == code else code
            for name, code in reading.said.items()
        }
        body = orjson.dumps([said, dict(reading.totals)], option=orjson.OPT_SORT_KEYS)
        digest = hashlib.sha256(body).hexdigest()
        occasion = answers.occasion or at.isoformat()
        pk = self._identifier(one.key, instrument.id, occasion, answers.key)
        columns = {
            "id": pk,
            "practice_id": self.practice.pk,
            "client_id": one.client.pk,
            "instrument": instrument.id,
            "version": instrument.version,
            "language": answers.language,
            "answers": said,
            "answered_at": at,
            "claimed_at": None,
            "started_at": None,
            "received_at": self.now,
            "time_zone": self.time_zone,
            "local_date": at.astimezone(self.zone).date(),
            "source": Response.Source.IMPORT.value,
            "historical": True,
            "content_digest": digest,
            "parent": None,
            "band": scored.band or "",
            "missing": list(scored.missing),
            "alerts": [asdict(alert) for alert in scored.alerts],
        }
        return _Row(pk, digest, reading, columns)

    def _event(self, one: _Prepared, happening: Happening) -> LifeEvent:
        at = happening.at.astimezone(UTC)
        event = LifeEvent(
            id=self._identifier(one.key, "event", happening.kind, happening.label, at.isoformat()),
            practice_id=self.practice.pk,
            client_id=one.client.pk,
            kind=happening.kind,
            at=at,
            dose=happening.dose,
            unit=happening.unit,
            created_at=self.now,
        )
        event.label = happening.label
        return event

    # --- exactly once ---------------------------------------------------------------------

    def _new(self, prepared: list[_Prepared]) -> list[_Prepared]:
        """Those with a row that is not there yet, left with their new rows only.

        An entry that says something else under an identifier that is taken is refused whole.
        """
        known = self._stored([row.pk for one in prepared for row in one.responses])
        taken = self._stored_events([row.pk for one in prepared for row in one.events])
        new = []
        for one in prepared:
            if any(known.get(row.pk, row.digest) != row.digest for row in one.responses):
                reason = "other answers are recorded for this person and instant"
                self.refusals.append((one.entry.line, reason))
                continue
            self._note_courses(one)
            one.responses = [row for row in one.responses if row.pk not in known]
            one.events = [event for event in one.events if event.pk not in taken]
            known |= {row.pk: row.digest for row in one.responses}
            taken |= {event.pk for event in one.events}
            if one.responses or one.events:
                self.counts.imported += 1
                new.append(one)
            else:
                self.counts.unchanged += 1
        if self.dry_run:
            self._remember(new)
        return new

    def _note_courses(self, one: _Prepared) -> None:
        """Those with an alert are looked at when all is in, also if they were in before."""
        for row in one.responses:
            if row.columns["alerts"]:
                course = onsets.Course(one.client.pk, row.reading.instrument.id)
                self.scratch.put("course", str(course))

    def _stored(self, ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
        """Identifier to digest of the responses that are there (in a dry run: would be)."""
        known: dict[uuid.UUID, str] = {}
        for some in _chunks(ids):
            rows = Response.objects.filter(practice=self.practice, pk__in=some)
            known |= dict(rows.values_list("pk", "content_digest"))
        return known | (self._remembered("response", ids) if self.dry_run else {})

    def _stored_events(self, ids: list[uuid.UUID]) -> set[uuid.UUID]:
        taken: set[uuid.UUID] = set()
        for some in _chunks(ids):
            rows = LifeEvent.objects.filter(practice=self.practice, pk__in=some)
            taken |= set(rows.values_list("pk", flat=True))
        return taken | set(self._remembered("event", ids) if self.dry_run else ())

    def _remember(self, new: list[_Prepared]) -> None:
        """A dry run counts a row that comes twice as a real one does."""
        for one in new:
            for row in one.responses:
                self.scratch.put("response", str(row.pk), row.digest)
            for event in one.events:
                self.scratch.put("event", str(event.pk))

    def _remembered(self, space: str, ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
        found = {one: self.scratch.get(space, str(one)) for one in ids}
        return {one: value for one, value in found.items() if value is not None}


def _batches(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    iterator = iter(entries)
    while batch := list(islice(iterator, size)):
        yield batch


def _chunks(ids: list[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    return (ids[start : start + LOOK_UP] for start in range(0, len(ids), LOOK_UP))


def _insert(new: list[_Prepared]) -> None:
    # In the order of their keys, so that each page of an index is visited once.
    rows = sorted((row for one in new for row in one.responses), key=lambda row: row.pk.int)
    bulk.insert(Response, [row.columns for row in rows])
    bulk.insert(Score, [score for row in rows for score in _scores(row)])
    LifeEvent.objects.bulk_create([event for one in new for event in one.events])


def _answered(new: list[_Prepared]) -> dict[uuid.UUID, list[standing.Answered]]:
    """What the new rows say in each person's standing."""
    found: dict[uuid.UUID, list[standing.Answered]] = {}
    for one in new:
        for row in one.responses:
            instrument, scored = row.reading.instrument, row.reading.result
            answered = standing.Answered(
                instrument.id,
                instrument.version,
                row.columns["answered_at"],
                scored.scores.get(instrument.scales[0].id),
            )
            found.setdefault(one.client.pk, []).append(answered)
    return found


def _scores(row: _Row) -> Iterator[bulk.Row]:
    response, scored = row.columns, row.reading.result
    for position, scale in enumerate(row.reading.instrument.scales):
        value = scored.scores.get(scale.id)
        if value is not None:
            yield {
                "id": uuid7(),
                "practice_id": response["practice_id"],
                "client_id": response["client_id"],
                "response_id": row.pk,
                "instrument": response["instrument"],
                "scale": scale.id,
                "main": position == 0,
                "value": value,
                "band": scale.band(value) or "",
                "answered_at": response["answered_at"],
                "historical": True,
            }
