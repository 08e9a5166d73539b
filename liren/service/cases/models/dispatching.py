"""Who is responsible: the dispatch catalogue, disputes about it, and calls on departments."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from liren.foundation.bodies.models.constraints import during, real_period
from liren.foundation.kernel.ranges import no_overlap
from liren.service.cases.models.cases import Case
from liren.service.cases.models.shapes import known, later, not_blank


class DispatchRule(models.Model):
    """For this type and category, in this unit and below it, that body is responsible. The nearest unit decides.

    An empty category holds for all of the type that have no rule of their own.
    """

    type = models.ForeignKey("policy.Declaration", models.PROTECT, related_name="+")
    category = models.CharField(max_length=40, blank=True)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="+")
    during = during()
    ground = models.CharField(max_length=300)
    ruling = models.ForeignKey("cases.Dispute", models.PROTECT, null=True, blank=True, related_name="rules")
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["type_id", "category", "unit_id", "id"]
        constraints = [
            real_period("dispatch_rule_has_a_real_period"),
            not_blank("dispatch_rule_names_its_ground", "ground", "recorded_by"),
            no_overlap("dispatch_rule_is_one_at_a_time", "type", "unit", texts=("category",)),
        ]

    def __str__(self) -> str:
        return f"{self.type_id} {self.category} {self.unit_id}"


class Dispute(models.Model):
    """A body says that a case is not its task. It has a clock of its own, and the main clock runs on meanwhile.

    ``escalate_at`` is when silence goes the next level up; None at the top."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="disputes")
    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="+")
    proposed = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    ground = models.CharField(max_length=300)
    reason = models.TextField(max_length=2000)
    state = models.CharField(max_length=9, default="open")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(default=0)
    escalate_at = models.DateTimeField(null=True, blank=True)
    ruled_body = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    ruling = models.TextField(max_length=2000, blank=True)
    ruled_at = models.DateTimeField(null=True, blank=True)
    ruled_by = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known("dispute_state_is_known", "state", ("open", "upheld", "rejected", "withdrawn")),
            not_blank("dispute_names_its_ground", "ground", "reason", "opened_by"),
            models.UniqueConstraint(name="dispute_one_at_a_time", fields=["case"], condition=Q(state="open")),
            models.CheckConstraint(
                name="dispute_is_ruled_by_another",
                condition=Q(state__in=["open", "withdrawn"])
                | Q(ruled_body__isnull=False, ruled_at__isnull=False, ruling__regex=r"\S")
                & ~Q(ruled_by="")
                & ~Q(ruled_by=F("opened_by")),
            ),
            models.CheckConstraint(name="dispute_proposes_another", condition=~Q(proposed=F("body"))),
            later("dispute_is_ruled_after_it_was_opened", "ruled_at", "opened_at"),
        ]
        indexes = [
            # The arbiters' list, and the job that carries silence up.
            models.Index(fields=["due_at", "id"], name="dispute_open", condition=Q(state="open")),
            models.Index(fields=["escalate_at", "id"], name="dispute_to_escalate", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Call(models.Model):
    """A community calls a department on a case it cannot solve (R071). At ``escalate_at`` silence goes one level up."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="calls")
    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="+")
    question = models.TextField(max_length=2000)
    state = models.CharField(max_length=9, default="open")
    called_at = models.DateTimeField()
    called_by = models.CharField(max_length=100)
    due_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(default=0)
    escalate_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    comes = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=100, blank=True)
    PASSES_THE_GATE = True

    class Meta:
        ordering = ["id"]
        constraints = [
            known("call_state_is_known", "state", ("open", "answered", "withdrawn")),
            not_blank("call_asks_something", "question", "called_by"),
            models.UniqueConstraint(
                name="call_of_one_body_at_a_time", fields=["case", "body"], condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="call_answered_has_its_answer",
                condition=~Q(state="answered")
                | Q(answered_at__isnull=False, answer__regex=r"\S", comes__isnull=False) & ~Q(answered_by=""),
            ),
            later("call_is_answered_after_it_was_made", "answered_at", "called_at"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="call_open", condition=Q(state="open")),
            models.Index(fields=["escalate_at", "id"], name="call_to_escalate", condition=Q(state="open")),
            models.Index(fields=["body", "due_at"], name="call_open_of_body", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.body_id}"
