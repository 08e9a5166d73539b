"""Beside the entries: the counter of each register, imports, lines on their way in, files, and the figures."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.registers.models import declared

MOST_FILE_BYTES = 10_000_000


class Book(models.Model):
    """One for each register. Whoever gives out numbers, or imports, holds this row until the end."""

    register = models.OneToOneField("policy.Declaration", models.PROTECT, related_name="+")
    last_number = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.register_id}: {self.last_number}"


class ImportBatch(models.Model):
    """A file that was taken over, with its source as it must be named. Appended, never changed."""

    register = models.ForeignKey("policy.Declaration", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    file_name = models.CharField(max_length=200)
    written = models.CharField(max_length=60)
    source = models.CharField(_("source"), max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    lines = models.PositiveIntegerField()
    new = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="import_batch_accounts_for_every_line",
                condition=Q(lines=F("new") + F("changed") + F("unchanged")),
            ),
            models.CheckConstraint(name="import_batch_changed_something", condition=Q(new__gt=0) | Q(changed__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.at:%Y-%m-%d}"


class IncomingLine(models.Model):
    """A line of a file between reading and writing. Seen by its own transaction only, and gone at its end.

    A table and not a temporary one: the web's role may not make tables.
    """

    run = models.UUIDField()
    line = models.PositiveIntegerField()
    number = models.PositiveIntegerField(null=True)
    unit_id = models.BigIntegerField()
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    pinyin = models.CharField(max_length=200)
    search = models.TextField()
    values = models.JSONField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    reviewed_on = models.DateField(null=True)
    entry_id = models.BigIntegerField(null=True)
    what = models.CharField(max_length=10, db_default="")

    class Meta:
        indexes = [models.Index(fields=["run", "unit_id"], name="incoming_run")]  # the import's own comparisons

    def __str__(self) -> str:
        return f"{self.run}:{self.line}"


class Attachment(models.Model):
    """A file that belongs to a field of an entry. Never changed; a newer file is a new row."""

    class Type(models.TextChoices):
        PDF = "application/pdf", "PDF"
        PNG = "image/png", "PNG"
        JPEG = "image/jpeg", "JPEG"
        XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"
        DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX"

    entry = models.ForeignKey("registers.Entry", models.PROTECT, related_name="+")
    field = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=100, choices=Type.choices)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    added_by = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="attachment_type_is_known", condition=Q(type__in=[
                "application/pdf", "image/png", "image/jpeg",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ])),
            models.CheckConstraint(name="attachment_size_is_bounded", condition=Q(size__range=(1, MOST_FILE_BYTES))),
            models.CheckConstraint(name="attachment_has_a_name", condition=Q(name__regex=r"\S")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class CoverageQuerySet(models.QuerySet["Coverage"]):
    def visible_to(self, actor: Any) -> CoverageQuerySet:
        """Figures of public registers that give away no small number; all figures where the actor reads registers."""
        public = Q(register__in=declared.ids_by_visibility()["public"], withheld=False)
        return self.filter(public | inside(paths_of(actor, "registers.read")))


class Coverage(models.Model):
    """A measure at a unit from a day on, until a later row says otherwise: a figure that stays the same is said once.

    ``value`` is None where a denominator is unknown. ``denominator`` is None for a plain count as well.
    """

    # Neither is ever removed, and a night writes hundreds of thousands of these: two look-ups less for each.
    register = models.ForeignKey(
        "policy.Declaration", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    measure = models.CharField(max_length=60)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    on_day = models.DateField()
    numerator = models.DecimalField(max_digits=34, decimal_places=6)
    denominator = models.DecimalField(max_digits=34, decimal_places=6, null=True)
    value = models.DecimalField(max_digits=34, decimal_places=4, null=True)
    operator = models.CharField(max_length=5, blank=True)
    target = models.DecimalField(max_digits=34, decimal_places=6, null=True)
    target_high = models.DecimalField(max_digits=34, decimal_places=6, null=True)
    met = models.BooleanField(null=True)
    gap = models.DecimalField(max_digits=34, decimal_places=6, null=True)
    withheld = models.BooleanField(default=False)

    objects: ClassVar[Any] = CoverageQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            # Reader too: the newest figure of a measure at many units.
            models.UniqueConstraint(
                fields=["register", "measure", "unit", "on_day"], name="coverage_of_a_day_is_said_once"
            ),
            models.CheckConstraint(
                name="coverage_is_judged_only_with_value_and_target",
                condition=Q(met__isnull=True, gap__isnull=True)
                | Q(met__isnull=False, gap__isnull=False, value__isnull=False, target__isnull=False),
            ),
            models.CheckConstraint(name="coverage_gap_is_not_negative", condition=Q(gap__isnull=True) | Q(gap__gte=0)),
        ]
        indexes = [
            models.Index(fields=["unit", "register", "measure", "-on_day"], name="coverage_of_unit"),  # a unit's page
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.unit_id} {self.on_day}: {self.value}"
