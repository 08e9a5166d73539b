"""What the gate refused, whom it told, and reports of work that was handed down round it.

A refusal is written on a connection of its own, so that it stays when the transaction that was refused is rolled back.
It therefore names bodies and units by number, without keys: they may themselves be gone with that transaction.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.admission.models.handed import bodies_of
from liren.foundation.admission.models.words import UNDECIDED, ReportState, Told, WorkType
from liren.foundation.bodies.models.constraints import known, not_blank


class RefusalQuerySet(models.QuerySet["Refusal"]):
    def visible_to(self, actor: Any) -> RefusalQuerySet:
        """Refusals are about offices, and public: who tried to hand down what without an admission (R353)."""
        return self


class Refusal(models.Model):
    """The gate said no. Append-only."""

    at = models.DateTimeField()
    why = models.CharField(max_length=60)
    work_type = models.CharField(max_length=12, choices=WorkType.choices)
    title = models.CharField(max_length=120)
    community = models.ForeignKey("territory.Unit", models.DO_NOTHING, related_name="+", db_constraint=False)
    sender = models.ForeignKey(
        "bodies.Body", models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False
    )
    admission_number = models.BigIntegerField(null=True, blank=True)
    given_on = models.DateField()
    door = models.CharField(max_length=40)
    actor = models.CharField(max_length=100)

    objects: ClassVar[Any] = RefusalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            known("refusal_work_is_known", "work_type", WorkType.values),
            not_blank("refusal_says_why", "why"),
            not_blank("refusal_names_its_actor", "actor"),
        ]
        indexes = [models.Index(fields=["sender", "at"], name="refusal_of_sender_by_age")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.why}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, actor: Any) -> NoticeQuerySet:
        """For the body that is told, and for whoever decides on admissions there."""
        from liren.foundation.admission.models.reach import over

        return self.filter(Q(body_id__in=bodies_of(actor)) | over(actor, "admission.decide", "unit__path"))


class Notice(models.Model):
    """A body is told of a refusal, or of a report that waits: the sender, and the government that answers for it.
    Append-only, and of one report each thing once."""

    refusal = models.ForeignKey(Refusal, models.PROTECT, null=True, blank=True, related_name="notices")
    assignment = models.ForeignKey(
        "admission.Assignment", models.PROTECT, null=True, blank=True, related_name="notices", db_constraint=False
    )
    body = models.ForeignKey(
        "bodies.Body", models.DO_NOTHING, null=True, blank=True, related_name="+", db_constraint=False
    )
    report = models.ForeignKey("admission.OutsideReport", models.PROTECT, null=True, blank=True, related_name="notices")
    word = models.CharField(max_length=15, choices=Told.choices, blank=True, default="", db_default="")
    unit = models.ForeignKey("territory.Unit", models.DO_NOTHING, related_name="+", db_constraint=False)
    at = models.DateTimeField()

    objects: ClassVar[Any] = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="notice_is_of_one_thing",
                condition=Q(refusal__isnull=False, assignment__isnull=True, report__isnull=True, word="")
                | Q(refusal__isnull=True, assignment__isnull=False, report__isnull=True, word="")
                | Q(refusal__isnull=True, assignment__isnull=True, report__isnull=False) & ~Q(word=""),
            ),
            known("notice_word_is_known", "word", Told.values, blank=True),
            # A job that runs twice, or two at once, tell nobody twice.
            models.UniqueConstraint(
                name="notice_of_a_report_is_told_once",
                fields=["report", "word", "body", "unit"],
                condition=Q(report__isnull=False),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["body", "-id"], name="notice_of_body")]  # what we were told

    def __str__(self) -> str:
        return f"{self.body_id} {self.at:%Y-%m-%d}"


class OutsideQuerySet(models.QuerySet["OutsideReport"]):
    def visible_to(self, actor: Any) -> OutsideQuerySet:
        """For the community that reported, and for whoever decides there; once a correction is ordered, for the body
        that has to correct; once corrected or criticised, for all."""
        from liren.foundation.admission.models.reach import over

        told = Q(state__in=[ReportState.CORRECTED, ReportState.CRITICISED])
        told |= Q(state=ReportState.ORDERED, sender_id__in=bodies_of(actor))
        seen = over(actor, "admission.answer", "community__path") | over(actor, "admission.decide", "community__path")
        return self.filter(told | seen)


class OutsideReport(models.Model):
    """A body handed its own duty, or work without an admission, straight to a community (R353)."""

    community = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    sender = models.ForeignKey("bodies.Body", models.PROTECT, related_name="+")
    work_type = models.CharField(max_length=12, choices=WorkType.choices)
    happened_on = models.DateField()
    text = models.TextField(_("what was handed down, and how"), max_length=2000)
    state = models.CharField(max_length=11, choices=ReportState.choices, default=ReportState.REPORTED)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    state_by = models.CharField(max_length=100, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    # By which day whoever decides, or after an order the body, has to act; None: no number is set, or it is over.
    due_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = OutsideQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            known("outside_report_work_is_known", "work_type", WorkType.values),
            known("outside_report_state_is_known", "state", ReportState.values),
            not_blank("outside_report_says_what_happened", "text"),
            not_blank("outside_report_names_its_recorder", "recorded_by"),
            models.CheckConstraint(
                name="outside_report_judged_says_why_and_by_whom",
                condition=Q(state=ReportState.REPORTED)
                | Q(state_at__isnull=False, answer__regex=r"\S")
                & ~Q(state_by="")
                & (~Q(state_by=models.F("recorded_by")) | Q(state_by__startswith="system:")),
            ),
            models.CheckConstraint(
                name="outside_report_that_is_over_is_due_no_more",
                condition=Q(due_on__isnull=True) | Q(state__in=UNDECIDED),
            ),
        ]
        indexes = [
            models.Index(fields=["sender", "-id"], name="outside_report_of_sender"),
            # What still waits: the reminders, and whoever decides.
            models.Index(fields=["id"], name="outside_report_undecided", condition=Q(state__in=UNDECIDED)),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} {self.happened_on}"
