"""Clocks of a case. A deadline is its rule, its calendar, its start and its suspensions: it can be worked out again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from liren.service.cases.models.cases import Case
from liren.service.cases.models.shapes import known, later, not_blank


class CaseClock(models.Model):
    """One run of one clock. ``amount`` is the rule in words ("5 working days"); ``calendar_at``: as of then;
    ``plain_due_at`` is the moment without suspensions and extensions: both dates are shown. ``run`` counts within a
    round: a clock of a state begins anew each time the case comes back to it, and the earlier run stays as it was.
    ``no_later_than`` is what was answered for its end, where the type asks: due by then, whatever stands still.
    ``not_before`` is what was answered for its beginning: it counts from then, if that comes after its start."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks")
    code = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField(default=1)
    run = models.PositiveSmallIntegerField(default=1)
    amount = models.CharField(max_length=40)
    more = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    plain_due_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    no_later_than = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    is_provisional = models.BooleanField(default=False)
    calendar_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    kept = models.BooleanField(null=True)
    level = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="case_clock_run_is_written_once", fields=["case", "code", "round", "run"]),
            models.UniqueConstraint(
                name="case_clock_runs_once_at_a_time", fields=["case", "code"], condition=Q(stopped_at__isnull=True)
            ),
            models.CheckConstraint(
                name="case_clock_is_judged_when_it_stops",
                condition=Q(stopped_at__isnull=True, kept__isnull=True)
                | Q(stopped_at__isnull=False, kept__isnull=False),
            ),
            models.CheckConstraint(
                name="case_clock_is_due_by_its_last_moment",
                condition=Q(no_later_than__isnull=True)
                | Q(due_at__isnull=False, due_at__lte=F("no_later_than"), plain_due_at__lte=F("no_later_than")),
            ),
            not_blank("case_clock_has_its_rule", "code", "amount"),
            later("case_clock_stops_after_it_started", "stopped_at", "started_at"),
        ]
        indexes = [
            # Open clocks that hang on a provisional calendar: worked out anew when a notice comes.
            models.Index(
                fields=["is_provisional", "id"], name="case_clock_running", condition=Q(stopped_at__isnull=True)
            ),
            # Monthly figures: what came due in the month and was not kept, or still runs.
            models.Index(fields=["due_at"], name="case_clock_missed", condition=Q(kept=False) | Q(kept__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.code} {self.round}"


class Suspension(models.Model):
    """The clocks of a case stand still for a named reason. Asked for by one person and approved by another."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="suspensions")
    state = models.CharField(max_length=9, default="asked")
    reason = models.CharField(max_length=200)
    ground = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known("suspension_state_is_known", "state", ("asked", "approved", "refused")),
            not_blank("suspension_says_why", "reason", "ground", "asked_by"),
            later("suspension_ends_after_it_starts", "ends_at", "starts_at"),
            models.CheckConstraint(
                name="suspension_is_decided_by_another",
                condition=Q(state="asked", decided_by="", decided_at__isnull=True)
                | ~Q(state="asked") & ~Q(decided_by="") & ~Q(decided_by=F("asked_by")) & Q(decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="suspension_one_at_a_time",
                fields=["case"],
                condition=Q(ends_at__isnull=True) & ~Q(state="refused"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Extension(models.Model):
    """More time for one clock, asked for by one person and approved by another; never after the deadline is past."""

    clock = models.ForeignKey(CaseClock, models.PROTECT, related_name="extensions")
    state = models.CharField(max_length=9, default="asked")
    amount = models.CharField(max_length=40)
    reason = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known("extension_state_is_known", "state", ("asked", "approved", "refused")),
            not_blank("extension_says_why", "reason", "amount", "asked_by"),
            models.CheckConstraint(
                name="extension_is_decided_by_another",
                condition=Q(state="asked", decided_by="", decided_at__isnull=True)
                | ~Q(state="asked") & ~Q(decided_by="") & ~Q(decided_by=F("asked_by")) & Q(decided_at__isnull=False),
            ),
            models.UniqueConstraint(name="extension_one_at_a_time", fields=["clock"], condition=Q(state="asked")),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.state}"


class Escalation(models.Model):
    """One rung of one clock: silence went one level up. Written once, whatever happens to the worker that writes it."""

    clock = models.ForeignKey(CaseClock, models.PROTECT, related_name="escalations")
    level = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    to_unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="escalation_happens_once", fields=["clock", "level"]),
            later("escalation_comes_after_it_was_due", "at", "due_at"),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.level}"
