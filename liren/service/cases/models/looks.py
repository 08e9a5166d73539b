"""Looks of officials at sealed cases, as somebody else reviews them (R107): who, when and how often, never what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from liren.foundation.people.models import ReviewOutcome
from liren.foundation.people.models.reach import inside, paths_of


class CaseLookQuerySet(models.QuerySet["CaseLook"]):
    def visible_to(self, actor: Any) -> CaseLookQuerySet:
        """Looks at cases of the units where the actor reviews access."""
        return self.filter(inside(paths_of(actor, "people.review_access"), "case__unit__path"))


class CaseLook(models.Model):
    """What one person looked at one sealed case on one day: a line until it is reviewed, and then the next."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="looks")
    account = models.ForeignKey("people.Account", models.PROTECT, related_name="+")
    day = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    outcome = models.CharField(max_length=10, choices=ReviewOutcome.choices, blank=True)
    reviewed_by = models.ForeignKey("people.Account", models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.CharField(max_length=400, blank=True)

    objects: ClassVar[Any] = CaseLookQuerySet.as_manager()

    class Meta:
        constraints = [
            # The looks of a day that wait for review are one line.
            models.UniqueConstraint(
                name="case_look_waits_once_a_day", fields=["case", "account", "day"], condition=Q(outcome="")
            ),
            models.CheckConstraint(
                name="case_look_review_is_whole",
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, outcome="", review_note="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, outcome__in=ReviewOutcome.values),
            ),
            models.CheckConstraint(
                name="case_look_is_reviewed_by_another",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("account")),
            ),
            models.CheckConstraint(
                name="case_look_ends_after_it_began", condition=Q(last_at__gte=F("first_at"), times__gte=1)
            ),
        ]
        indexes = [
            # The list of what waits for review.
            models.Index(fields=["-id"], name="case_look_unreviewed", condition=Q(outcome="")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.day}"
