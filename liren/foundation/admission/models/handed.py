"""What is handed to communities: pieces of work, ledgers and their entries, and the fields that forms ask for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.admission.models.gate import Gated, gated_constraints
from liren.foundation.admission.models.words import Medium, RowState
from liren.foundation.bodies.models.constraints import in_words, known, not_blank


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, actor: Any) -> AssignmentQuerySet:
        """For the community, for whoever decides or watches over the burden there, and for the body that sent it."""
        from liren.foundation.admission.models.reach import over

        seen = Q(sender_id__in=bodies_of(actor))
        for power in ("admission.answer", "admission.decide", "admission.burden"):
            seen |= over(actor, power, "community__path")
        return self.filter(seen)


def bodies_of(actor: Any) -> list[int]:
    """Bodies in which the actor holds a post today and may apply for them; asked once per actor and request."""
    from django.apps import apps
    from django.utils import timezone

    if actor.pk is None or "admission.apply" not in getattr(actor, "powers", frozenset)():
        return []
    kept: list[int] | None = actor.__dict__.get("_applies_for")
    if kept is None:
        held = apps.get_model("bodies", "OfficeHolding").objects.filter(
            account_id=actor.pk, during__contains=timezone.localdate()
        )
        kept = actor.__dict__["_applies_for"] = sorted(set(held.values_list("post__body_id", flat=True)))
    return kept


class Assignment(Gated):
    """One piece of work of one community: a task, a form, an inspection, a meeting, an award round, an appraisal."""

    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200, blank=True)
    text = models.TextField(_("what is asked"), max_length=2000, blank=True)
    due_on = models.DateField(null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes it is thought to take"), default=0)
    state = models.CharField(max_length=9, choices=RowState.choices, default=RowState.ASKED)
    state_at = models.DateTimeField()
    state_by = models.CharField(max_length=100)
    note = models.CharField(max_length=500, blank=True)
    item = models.ForeignKey("admission.ListItem", models.PROTECT, null=True, blank=True, related_name="+")
    is_simulated = models.BooleanField(default=False)

    objects: ClassVar[Any] = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_on", "-id"]
        constraints = [
            *gated_constraints("assignment"),
            known("assignment_state_is_known", "state", RowState.values),
            not_blank("assignment_has_a_chinese_title", "title_zh"),
            models.CheckConstraint(
                name="assignment_is_due_after_it_was_given",
                condition=Q(due_on__isnull=True) | Q(due_on__gte=models.F("given_on")),
            ),
            models.CheckConstraint(
                name="assignment_refused_says_why", condition=~Q(state=RowState.REFUSED) | Q(note__regex=r"\S")
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-given_on", "-id"], name="assignment_of_community"),  # asked of us
            models.Index(fields=["sender", "-given_on", "-id"], name="assignment_of_sender"),  # what we asked
        ]

    def __str__(self) -> str:
        return self.title_zh

    @property
    def title(self) -> str:
        """In the reader's language."""
        return in_words(self, "title")


class Ledger(Gated):
    """A ledger, on paper or electronic, that a community keeps for an office. Closed ones take no entry."""

    name_zh = models.CharField(max_length=120)
    medium = models.CharField(max_length=10, choices=Medium.choices)
    stock = models.ForeignKey("admission.Burden", models.PROTECT, null=True, blank=True, related_name="ledgers")
    field_names = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["community_id", "id"]
        constraints = [
            *gated_constraints("ledger"),
            known("ledger_medium_is_known", "medium", Medium.values),
            not_blank("ledger_has_a_chinese_name", "name_zh"),
            models.CheckConstraint(
                name="ledger_closed_says_why", condition=Q(closed_on__isnull=True) | Q(closed_why__regex=r"\S")
            ),
        ]
        indexes = [
            models.Index(fields=["community", "id"], name="ledger_of_community"),
            models.Index(fields=["sender", "id"], name="ledger_of_sender"),
        ]

    def __str__(self) -> str:
        return self.name_zh


class LedgerEntry(models.Model):
    """Something written into a ledger on a day. Append-only; what is in a ledger of persons stays out of here."""

    ledger = models.ForeignKey(Ledger, models.PROTECT, related_name="entries")
    entered_on = models.DateField()
    minutes = models.PositiveIntegerField(default=0)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "ledger entries"
        ordering = ["ledger_id", "id"]
        constraints = [not_blank("ledger_entry_names_its_recorder", "recorded_by")]

    def __str__(self) -> str:
        return f"{self.ledger_id} {self.entered_on}"


class FormField(models.Model):
    """One question that an admission of a form, ledger or system asks communities. ``same`` is equal where two
    questions ask for the same (``engine.fields.same_key``)."""

    admission = models.ForeignKey("admission.Admission", models.PROTECT, related_name="fields")
    position = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=80)
    same = models.CharField(max_length=80)

    class Meta:
        ordering = ["admission_id", "position"]
        constraints = [
            not_blank("form_field_has_a_chinese_name", "name_zh"),
            not_blank("form_field_has_a_key", "same"),
            models.UniqueConstraint(name="form_field_stands_once", fields=["admission", "position"]),
        ]
        indexes = [
            models.Index(fields=["same", "admission"], name="form_field_by_sense"),  # who else asks for this
        ]

    def __str__(self) -> str:
        return self.name_zh
