"""The pattern of tables whose rows put work on a community. The triggers that make it true stand in the migrations.

A table takes part by three things: it inherits ``Gated`` (or carries the same columns), its migration makes the trigger
``<table>_passes_the_gate``, and its rows are written inside ``services.passing``, which turns a refusal of the database
into a sentence and keeps it. ``queries.ungated_tables`` finds a table that has the columns and lacks the trigger.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.admission.models.words import Origin, WorkType
from liren.foundation.bodies.models.constraints import known, not_blank


class Gated(models.Model):
    """Work for one community from one day on. What an office asks names its sender and its admission."""

    admission = models.ForeignKey("admission.Admission", models.PROTECT, null=True, blank=True, related_name="+")
    community = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    work_type = models.CharField(_("kind of work"), max_length=12, choices=WorkType.choices)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.OFFICE)
    sender = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    given_on = models.DateField(_("first day"))
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


def gated_constraints(table: str) -> list[models.BaseConstraint]:
    """What a single row can say of itself; the rest is asked by the trigger."""
    return [
        known(f"{table}_work_is_known", "work_type", WorkType.values),
        known(f"{table}_origin_is_known", "origin", Origin.values),
        not_blank(f"{table}_names_its_recorder", "recorded_by"),
        models.CheckConstraint(
            name=f"{table}_of_an_office_names_its_sender",
            condition=(~Q(origin=Origin.OFFICE) | Q(sender__isnull=False))
            & (~Q(origin=Origin.RESIDENT) | Q(sender__isnull=True, admission__isnull=True)),
        ),
    ]
