"""Practices (the tenants), the people in them and how they are linked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from holdfast.core.crypto import records
from holdfast.core.crypto.lookup import FindableField
from holdfast.core.crypto.models import KeyedRecord
from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7


class Role(models.TextChoices):
    """What someone is in a practice; the authorisation table says what each may do."""

    CLIENT = "client"
    CLINICIAN = "clinician"
    PRESCRIBER = "prescriber"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    RESEARCHER = "researcher"


STAFF_ROLES = frozenset(Role) - {Role.CLIENT}
CLINICAL_ROLES = frozenset({Role.CLINICIAN, Role.PRESCRIBER, Role.SUPERVISOR})


class Practice(KeyedRecord):
    """A tenant. A demo practice can never go live and a live one never takes demo data.

    Its record key is for what is sealed and belongs to no client.
    """

    class Kind(models.TextChoices):
        LIVE = "live"
        DEMO = "demo"

    class Status(models.TextChoices):
        PREPARING = "preparing"
        LIVE = "live"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.LIVE)
    status = models.CharField(max_length=16, choices=Status, default=Status.PREPARING)
    time_zone = models.CharField(max_length=64, default="UTC")
    countries = models.JSONField(default=list)
    self_registration = models.BooleanField(default=False)
    contact_phone = FindableField(purpose="practice.contact_phone", max_length=40, blank=True)
    end_of_chain_name = FindableField(purpose="practice.end_name", max_length=200, blank=True)
    end_of_chain_phone = FindableField(purpose="practice.end_phone", max_length=40, blank=True)
    end_of_chain_instructions = FindableField(
        purpose="practice.end_instructions", max_length=10_000, blank=True
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="live") | Q(status="preparing"), name="demo_practice_never_live"
            ),
            models.CheckConstraint(condition=~Q(record_key=b""), name="practice_has_its_key"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def country(self) -> str:
        """The first of the countries it is switched on for, or empty."""
        return str(self.countries[0]) if self.countries else ""

    @property
    def admits_clients(self) -> bool:
        """Only where somebody looks at flags, or where nothing is real."""
        return self.status == self.Status.LIVE or self.kind == self.Kind.DEMO

    @property
    def accepts_registrations(self) -> bool:
        return self.self_registration and self.admits_clients


class Membership(models.Model):
    """One role of one account in one practice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    role = models.CharField(max_length=16, choices=Role)
    display_name = FindableField(purpose="membership.display_name", max_length=200, blank=True)
    active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "user", "role"], name="membership_unique")
        ]
        indexes = [models.Index(fields=["user", "active"])]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class _Clients(models.QuerySet["Client"]):
    """Clients made many at once have their standings, too."""

    def bulk_create(self, objs: Iterable[Client], *args: Any, **kwargs: Any) -> list[Client]:
        rows = list(objs)
        with transaction.atomic(using=self.db):
            records.wrap_new(rows)
            made = super().bulk_create(rows, *args, **kwargs)
            if kwargs.get("ignore_conflicts"):
                there = set(
                    self.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
                )
                rows = [row for row in rows if row.pk in there]
            _give_standing(rows)
        return made


class Client(KeyedRecord):
    """A person receiving care in a practice. Identifying details are sealed under their own key.

    `user` is empty for people whose records were imported and who have no account. `left_at`: the
    person deleted their account and the law makes the practice keep this record without a name
    (`core.leaving`); nobody reads it here any more. Whoever makes
    a client through this model makes its `ClientStanding`, without which no caseload shows it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    external_id = FindableField(purpose="client.external_id", max_length=200, blank=True)
    name_sealed = models.BinaryField(default=b"")
    contact_sealed = models.BinaryField(default=b"")
    location_sealed = models.BinaryField(default=b"")
    located_at = models.DateTimeField(null=True, blank=True)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=16, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    sex = models.CharField(max_length=16, blank=True)
    adult_confirmed_at = models.DateTimeField(null=True, blank=True)
    reachable = models.BooleanField(default=False)
    synthetic = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    #: Purposes, with commas between them. Written by `core.consent` alone, never by `save()` of a
    #: row that exists: an instance that was read before could bring a consent back.
    consents_withdrawn = models.CharField(max_length=200, blank=True, editable=False)

    display_name = sealed("name_sealed", "")
    #: {"phone": str, "email": str, "emergency_contact": {"name", "phone", "relationship"} | None}
    contact = sealed("contact_sealed")
    current_location = sealed("location_sealed", "")

    objects = _Clients.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "external_id"],
                condition=~Q(external_id=""),
                name="client_external_id_unique",
            ),
            models.UniqueConstraint(
                fields=["practice", "user"],
                condition=Q(user__isnull=False),
                name="client_user_unique",
            ),
            # What was sealed under a key that was never kept could not be read again.
            models.CheckConstraint(condition=~Q(record_key=b""), name="client_has_its_key"),
        ]
        indexes = [models.Index(fields=["practice", "joined_at"])]

    def __str__(self) -> str:
        return str(self.pk)

    def save(self, *args: object, **kwargs: object) -> None:
        is_new = self._state.adding
        with transaction.atomic():
            super().save(*args, **kwargs)
            if is_new:
                _give_standing([self])

    def _columns_to_save(self) -> list[str]:
        return [name for name in super()._columns_to_save() if name != "consents_withdrawn"]

    def has_withdrawn(self, purpose: str) -> bool:
        """Whether the person has taken back their consent to a purpose. No SQL statement."""
        return purpose in self.consents_withdrawn.split(",")

    @property
    def emergency_contact(self) -> dict[str, str] | None:
        """Whom the practice may call, if the person has not taken that back."""
        if self.has_withdrawn("crisis_contact"):
            return None
        found: dict[str, str] | None = (self.contact or {}).get("emergency_contact")
        return found


#: Stands for "never" in a standing: empty instants sort differently on each database, and an index
#: is walked in one order only. Nothing that is recorded is as old.
NEVER = datetime(1900, 1, 1, tzinfo=UTC)


def _give_standing(clients: Iterable[Client]) -> None:
    """A row for each that has none yet. One statement per 500."""
    ClientStanding.objects.bulk_create(
        [ClientStanding(client=one, practice_id=one.practice_id) for one in clients],
        ignore_conflicts=True,
        batch_size=500,
    )


class ClientStanding(models.Model):
    """What a caseload orders its people by, one row per client.

    It says nothing that other rows do not say; it saves reading them for ten thousand people. Each
    column is kept by the capability it comes from, in the transaction that changes what it says:
    `answered_at`, `scores` and `deteriorated` by measures, `met_at` by encounters,
    `undelivered_at` (the newest message of the last four weeks that did not arrive) by notify.
    Flags are not here: they are few, and are read where they are. `plan.overview.standings`
    works all of it out anew and compares.

    `scores` maps an instrument to {"version": str, "first": [microseconds since 1970, value],
    "recent": [the same, ...]}: its earliest main score, and its newest ones, oldest first.
    """

    client = models.OneToOneField(
        Client, primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, db_index=False)
    answered_at = models.DateTimeField(default=NEVER)
    met_at = models.DateTimeField(default=NEVER)
    undelivered_at = models.DateTimeField(default=NEVER)
    deteriorated = models.BooleanField(default=False)
    scores = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(
                fields=["practice", "-undelivered_at", "answered_at", "client"],
                name="standing_attention",
            ),
            models.Index(fields=["practice", "answered_at", "client"], name="standing_answered"),
            models.Index(fields=["practice", "met_at", "client"], name="standing_met"),
            # Without it SQLite reads the whole practice to find the fifty people of a page.
            models.Index(fields=["practice", "client"], name="standing_page"),
        ]


class CareTeamMember(models.Model):
    """Links a client to someone of the practice, for a purpose and between dates."""

    class Purpose(models.TextChoices):
        TREATMENT = "treatment"
        COVER = "cover"
        PRESCRIBING = "prescribing"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="care_team")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="caseload")
    purpose = models.CharField(max_length=16, choices=Purpose, default=Purpose.TREATMENT)
    primary = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "client"]),
            # Counts a caseload without reading the rows.
            models.Index(
                fields=["practice", "membership", "client", "starts_on", "ends_on"],
                name="care_team_caseload",
            ),
        ]


class Supervision(models.Model):
    """A supervisor may read what the supervisee's care teams may.

    `cosigns`: what the supervisee signs asks for the supervisor's signature, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    supervisor = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="supervises")
    supervisee = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="supervised_by"
    )
    cosigns = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "supervisor", "supervisee"], name="supervision_unique"
            )
        ]


class Invitation(models.Model):
    """A one-time link into a practice. Only the token's SHA-256 is stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    role = models.CharField(max_length=16, choices=Role)
    email_sealed = models.BinaryField(default=b"")
    client = models.ForeignKey(Client, null=True, blank=True, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    email = sealed("email_sealed", "")


class MonitoredHours(models.Model):
    """A weekly interval, in the practice's time zone, in which someone looks at flags."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    weekday = models.PositiveSmallIntegerField()  # ISO: 1 Monday to 7 Sunday
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="hours_iso_weekday"),
            models.CheckConstraint(
                condition=Q(opens__lt=models.F("closes")), name="hours_open_before_close"
            ),
        ]


class Closure(models.Model):
    """A date (in the practice's zone) on which the monitored hours do not hold."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    on = models.DateField()
    reason = FindableField(purpose="closure.reason", max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["practice", "on"], name="closure_unique")]


class OnCall(models.Model):
    """The order in which a flag goes from person to person; then comes the written end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField()
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "position"], name="on_call_position_unique"
            ),
            models.UniqueConstraint(
                fields=["practice", "membership"], name="on_call_member_unique"
            ),
        ]
