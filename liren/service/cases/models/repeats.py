"""Cases that come round again: which one follows which, and when the next is due."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Repeat(models.Model):
    """One coming round of a type in a unit: the case ``before``, and the ``case`` that follows it.

    Where the period is an answer on the case before, the row is written when that one ends, and ``case`` is empty until
    ``due_on`` has come. Where it is a number of the packs, which may change, the row is written with the case; the
    first one in a unit has none before it.
    """

    type = models.ForeignKey("policy.Declaration", models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    before = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", db_index=False)
    case = models.OneToOneField("cases.Case", models.PROTECT, null=True, related_name="+")
    due_on = models.DateField()

    class Meta:
        constraints = [
            # However often and however many at once the night's work is done, a case is followed by one.
            models.UniqueConstraint(
                name="repeat_follows_a_case_once", fields=["before"], condition=Q(before__isnull=False)
            ),
            models.UniqueConstraint(
                name="repeat_begins_once_in_a_unit", fields=["type", "unit"], condition=Q(before__isnull=True)
            ),
            models.CheckConstraint(
                name="repeat_has_a_case_before_or_after", condition=Q(before__isnull=False) | Q(case__isnull=False)
            ),
            models.CheckConstraint(
                name="repeat_is_another_case",
                condition=Q(before__isnull=True) | Q(case__isnull=True) | ~Q(before=F("case")),
            ),
        ]
        indexes = [
            # What is to be opened, the oldest first.
            models.Index(fields=["due_on", "id"], name="repeat_to_open", condition=Q(case__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} → {self.case_id} ({self.due_on})"
