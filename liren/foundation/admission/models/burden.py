"""What communities were made to carry, what became of it, how long work takes by sample, and yearly agreements."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.admission.models.words import CANCELLED, Fate, Side, Stock, Verdict
from liren.foundation.bodies.models.constraints import Named, during, known, not_blank, real_period
from liren.foundation.kernel.ranges import no_overlap


class Burden(Named):
    """An organisation, venue, task, system or stamp that communities of a unit had to carry when it was counted."""

    stock = models.CharField(max_length=12, choices=Stock.choices)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    demanded_by = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    counted_on = models.DateField()
    fate = models.CharField(max_length=8, choices=Fate.choices, default=Fate.KEPT)
    fate_on = models.DateField()
    route_zh = models.TextField(_("where residents turn instead"), max_length=1000, blank=True)
    route_en = models.TextField(max_length=1000, blank=True)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["stock", "id"]
        constraints = [
            known("burden_stock_is_known", "stock", Stock.values),
            known("burden_fate_is_known", "fate", Fate.values),
            not_blank("burden_has_a_chinese_name", "name_zh"),
            not_blank("burden_names_its_recorder", "recorded_by"),
            models.CheckConstraint(
                name="burden_is_decided_after_it_was_counted", condition=Q(fate_on__gte=models.F("counted_on"))
            ),
            # A resident who needs a cancelled certificate is shown the other way (R359).
            models.CheckConstraint(
                name="burden_cancelled_stamp_shows_another_way",
                condition=~Q(stock=Stock.STAMP) | ~Q(fate__in=CANCELLED) | Q(route_zh__regex=r"\S"),
            ),
            models.UniqueConstraint(name="burden_is_counted_once", fields=["unit", "stock", "name_zh"]),
        ]


class BurdenChange(models.Model):
    """What was decided about a burden on a day, by which document. Append-only."""

    burden = models.ForeignKey(Burden, models.PROTECT, related_name="changes")
    fate = models.CharField(max_length=8, choices=Fate.choices)
    effective_on = models.DateField()
    instrument = models.CharField(_("document"), max_length=300)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["burden_id", "id"]
        constraints = [
            known("burden_change_fate_is_known", "fate", Fate.values),
            not_blank("burden_change_names_its_document", "instrument"),
            not_blank("burden_change_names_its_recorder", "recorded_by"),
        ]

    def __str__(self) -> str:
        return f"{self.burden_id} {self.fate}"


#: A day has no more minutes of work than this on one sheet.
MOST_MINUTES = 16 * 60
DIARY = ("tasks", "forms", "meetings", "inspections", "residents", "other")


class DiarySheet(models.Model):
    """One day of one worker, filled in by free will, without a name, an account or a time of day (R234). Append-only.

    It says how the day was spent, not by whom: two sheets of one person cannot be told from those of two.
    """

    community = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    tasks = models.PositiveSmallIntegerField(default=0)
    forms = models.PositiveSmallIntegerField(default=0)
    meetings = models.PositiveSmallIntegerField(default=0)
    inspections = models.PositiveSmallIntegerField(default=0)
    residents = models.PositiveSmallIntegerField(default=0)
    other = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["community_id", "day", "id"]
        constraints = [
            models.CheckConstraint(
                name="diary_day_has_its_minutes",
                condition=Q(tasks__gte=0)
                & Q(
                    tasks__lte=MOST_MINUTES
                    - models.F("forms")
                    - models.F("meetings")
                    - models.F("inspections")
                    - models.F("residents")
                    - models.F("other")
                ),
            )
        ]
        indexes = [models.Index(fields=["community", "day"], name="diary_of_community")]

    def __str__(self) -> str:
        return f"{self.community_id} {self.day}"


class Agreement(models.Model):
    """What a street or town and a committee agree on for a year: matters, money, duties of both (R363)."""

    street = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    community = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    office = models.ForeignKey("bodies.Body", models.PROTECT, related_name="+")
    committee = models.ForeignKey("bodies.Body", models.PROTECT, related_name="+")
    during = during()
    signed_on = models.DateField()
    street_duties = models.TextField(max_length=2000)
    committee_duties = models.TextField(max_length=2000)
    instrument = models.CharField(_("document"), max_length=300)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            real_period("agreement_has_a_real_period"),
            no_overlap("agreement_of_a_committee_never_overlaps", "community"),
            not_blank("agreement_names_duties_of_the_street", "street_duties"),
            not_blank("agreement_names_duties_of_the_committee", "committee_duties"),
            not_blank("agreement_names_its_document", "instrument"),
            not_blank("agreement_names_its_recorder", "recorded_by"),
            models.CheckConstraint(
                name="agreement_is_of_a_year",
                condition=Q(during__upper_inf=False),
            ),
            models.CheckConstraint(name="agreement_is_between_two", condition=~Q(office=models.F("committee"))),
        ]
        indexes = [models.Index(fields=["street", "signed_on"], name="agreement_of_street")]  # coverage by date

    def __str__(self) -> str:
        return f"{self.street_id} {self.community_id}"


class AgreedMatter(models.Model):
    """A matter of an agreement, with its money. Append-only."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="matters")
    admission = models.ForeignKey("admission.Admission", models.PROTECT, related_name="+")
    money_fen = models.BigIntegerField()

    class Meta:
        ordering = ["agreement_id", "id"]
        constraints = [
            models.UniqueConstraint(name="agreed_matter_stands_once", fields=["agreement", "admission"]),
            # Money follows the task.
            models.CheckConstraint(name="agreed_matter_has_its_money", condition=Q(money_fen__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.admission_id}"


class MutualAppraisal(models.Model):
    """What one side of an agreement says of how the other kept it: of bodies, never of persons. Append-only."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="appraisals")
    side = models.CharField(_("who appraises"), max_length=9, choices=Side.choices)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    text = models.TextField(max_length=2000)
    said_on = models.DateField()
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["agreement_id", "id"]
        constraints = [
            known("appraisal_side_is_known", "side", Side.values),
            known("appraisal_verdict_is_known", "verdict", Verdict.values),
            not_blank("appraisal_says_something", "text"),
            not_blank("appraisal_names_its_recorder", "recorded_by"),
            models.UniqueConstraint(name="appraisal_is_given_once_by_each_side", fields=["agreement", "side"]),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.side}"
