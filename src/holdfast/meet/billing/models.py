"""Rows of billing. Amounts are integers in minor units of an ISO 4217 currency."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from holdfast.core.crypto.sealing import sealed
from holdfast.core.ids import uuid7
from holdfast.core.tenancy.models import Client, Membership, Practice


class Books(models.Model):
    """What a practice's documents say of itself, and how far their numbers went.

    `issuer` is {"name", "address", "tax_id", "foot"}, whose address may be somebody's home.
    """

    practice = models.OneToOneField(Practice, primary_key=True, on_delete=models.CASCADE)
    issuer_sealed = models.BinaryField(default=b"")
    prefix = models.CharField(max_length=12, blank=True)
    invoices = models.PositiveIntegerField(default=0)
    superbills = models.PositiveIntegerField(default=0)

    issuer = sealed("issuer_sealed")


class FeeList(models.Model):
    """A list of fee codes that the practice imported, with the licence it says it holds."""

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    system = models.CharField(max_length=200)
    licence = models.CharField(max_length=500)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "system"], name="fee_list_once_per_system")
        ]


class FeeCode(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    list = models.ForeignKey(FeeList, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(max_length=40)
    description = models.CharField(max_length=500)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "list", "code"], name="fee_code_once")
        ]


class ScaleStep(models.Model):
    """A step of the practice's sliding scale: so much of the listed fee."""

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    name = models.CharField(max_length=120)
    percent = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent__lte=100), name="step_at_most_the_fee")
        ]
        indexes = [models.Index(fields=["practice", "active", "place"], name="step_of_scale")]


class FeeAgreement(models.Model):
    """Which step somebody agreed with a person; the newest counts, without one or step: the fee."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    step = models.ForeignKey(ScaleStep, null=True, on_delete=models.PROTECT)
    agreed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["practice", "client", "-agreed_at"], name="agreed_last")]


class Document(models.Model):
    """An invoice, its cancellation, or a superbill, as it was issued (FHIR: Invoice).

    Never changed: what was wrong is cancelled by another. `number` counts without a gap in each
    series of a practice. `content` is what the document says; `digest` the SHA-256 of the PDF. Once
    the law asks for it no longer, it loses person and content and stays as a number of the books.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CANCELLATION = "cancellation"
        SUPERBILL = "superbill"

    class Series(models.TextChoices):
        INVOICES = "invoices"
        SUPERBILLS = "superbills"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, null=True, on_delete=models.SET_NULL)
    kind = models.CharField(max_length=16, choices=Kind)
    series = models.CharField(max_length=16, choices=Series)
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=32)
    total = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    cancels = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="cancelled_by"
    )
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    content_sealed = models.BinaryField(default=b"")
    pdf_sealed = models.BinaryField(default=b"")

    content = sealed("content_sealed")
    #: The PDF's bytes in base64.
    pdf = sealed("pdf_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "series", "number"], name="document_number_once"
            ),
            models.CheckConstraint(
                condition=Q(client__isnull=False) | Q(content_sealed=b"", pdf_sealed=b""),
                name="document_of_nobody_is_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "client", "-issued_at"], name="document_of_client"),
            models.Index(fields=["practice", "-issued_at"], name="document_in_order"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a document that was issued is never changed")
        super().save(*args, **kwargs)


class Charge(models.Model):
    """What is asked for one visit, or for a time that was held (FHIR: ChargeItem).

    Nothing is charged by itself: `decided_by` did. `item` is {"system", "code", "description"} as
    the list had it that day; `listed` the fee of one unit, of which `percent` is asked.
    """

    class Kind(models.TextChoices):
        VISIT = "visit"
        NO_SHOW = "no_show"
        LATE_CANCEL = "late_cancel"

    class Status(models.TextChoices):
        BILLABLE = "billable"
        BILLED = "billed"
        DROPPED = "entered_in_error"

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    #: The visit; no key to its row, which may go before what was charged for it.
    encounter_id = models.UUIDField()
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    served_on = models.DateField()
    item_sealed = models.BinaryField(default=b"")
    units = models.PositiveSmallIntegerField()
    listed = models.PositiveBigIntegerField()
    percent = models.PositiveSmallIntegerField()
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16, choices=Status, default=Status.BILLABLE)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    document = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="charges"
    )

    item = sealed("item_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "encounter_id"],
                condition=~Q(status="entered_in_error"),
                name="charge_once_for_a_visit",
            ),
            models.CheckConstraint(
                condition=Q(status="billed", document__isnull=False)
                | (~Q(status="billed") & Q(document__isnull=True)),
                name="charge_billed_on_a_document",
            ),
        ]
        indexes = [models.Index(fields=["practice", "client", "-served_on"], name="charge_of")]
