"""The three lists and two catalogues: versions, reasons for every change, comments before it, and what holds now."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.admission.models.words import CommentFrom, ListKind, ListOp, ListState, WorkType
from liren.foundation.bodies.models.constraints import Named, during, known, not_blank, real_period
from liren.foundation.kernel.ranges import no_overlap


class RevisionQuerySet(models.QuerySet["ListRevision"]):
    def visible_to(self, actor: Any) -> RevisionQuerySet:
        """A draft is for whoever keeps lists there; from the comments on everybody sees it."""
        from liren.foundation.admission.models.reach import over

        return self.filter(~Q(state=ListState.DRAFT) | over(actor, "admission.lists", "unit__path"))


class ListRevision(models.Model):
    """One version of one list of one unit: proposed, commented on, published or dropped."""

    kind = models.CharField(max_length=16, choices=ListKind.choices)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=ListState.choices, default=ListState.DRAFT)
    reason = models.TextField(_("why it is changed"), max_length=1000)
    drafted_by = models.CharField(max_length=100)
    drafted_at = models.DateTimeField()
    comments_from = models.DateField(null=True, blank=True)
    comments_until = models.DateField(_("last day for comments"), null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=100, blank=True)

    objects: ClassVar[Any] = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["unit_id", "kind", "-number"]
        constraints = [
            known("list_kind_is_known", "kind", ListKind.values),
            known("list_state_is_known", "state", ListState.values),
            not_blank("list_says_why_it_is_changed", "reason"),
            not_blank("list_names_its_drafter", "drafted_by"),
            models.UniqueConstraint(name="list_version_has_its_number_once", fields=["unit", "kind", "number"]),
            models.UniqueConstraint(
                name="list_has_one_version_in_hand",
                fields=["unit", "kind"],
                condition=Q(state__in=[ListState.DRAFT, ListState.COMMENTS]),
            ),
            models.CheckConstraint(
                name="list_comments_have_their_days",
                condition=~Q(state__in=[ListState.COMMENTS, ListState.PUBLISHED])
                | Q(comments_from__isnull=False, comments_until__isnull=False, comments_until__gt=F("comments_from")),
            ),
            models.CheckConstraint(
                name="list_is_published_after_its_comments",
                condition=~Q(state=ListState.PUBLISHED)
                | Q(published_at__isnull=False, effective_on__isnull=False, effective_on__gt=F("comments_until"))
                & ~Q(published_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class ListChange(models.Model):
    """What a version does to one matter, on which legal basis and why. Appended while the version is drafted."""

    revision = models.ForeignKey(ListRevision, models.PROTECT, related_name="changes")
    op = models.CharField(max_length=6, choices=ListOp.choices)
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200, blank=True)
    basis = models.CharField(_("legal basis"), max_length=300)
    reason = models.TextField(max_length=1000)
    work_type = models.CharField(max_length=12, choices=WorkType.choices, blank=True)
    words = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ["revision_id", "code"]
        constraints = [
            known("list_change_op_is_known", "op", ListOp.values),
            known("list_change_work_is_known", "work_type", WorkType.values, blank=True),
            not_blank("list_change_has_a_chinese_name", "name_zh"),
            not_blank("list_change_names_its_legal_basis", "basis"),
            not_blank("list_change_says_why", "reason"),
            models.CheckConstraint(
                name="list_change_code_is_a_code", condition=Q(code__regex=r"^[a-z][a-z0-9_]{1,39}$")
            ),
            models.UniqueConstraint(name="list_changes_a_matter_once_a_version", fields=["revision", "code"]),
        ]

    def __str__(self) -> str:
        return f"{self.op} {self.code}"


class ListComment(models.Model):
    """What a resident or a committee says before a list is changed. Append-only; no account is kept
    with what a resident says."""

    revision = models.ForeignKey(ListRevision, models.PROTECT, related_name="comments")
    source = models.CharField(max_length=9, choices=CommentFrom.choices)
    body = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(max_length=2000)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["revision_id", "id"]
        constraints = [
            known("list_comment_source_is_known", "source", CommentFrom.values),
            not_blank("list_comment_says_something", "text"),
            models.CheckConstraint(
                name="list_comment_of_a_committee_names_it",
                condition=(~Q(source=CommentFrom.COMMITTEE) | Q(body__isnull=False))
                & (~Q(source=CommentFrom.RESIDENT) | Q(body__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.said_at:%Y-%m-%d}"


class ListItem(Named):
    """A matter on a list, from the day of the version that put it there to the day of the one that took it off."""

    kind = models.CharField(max_length=16, choices=ListKind.choices)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    basis = models.CharField(_("legal basis"), max_length=300)
    work_type = models.CharField(max_length=12, choices=WorkType.choices, blank=True)
    words = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    during = during()
    added_by = models.ForeignKey(ListChange, models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(ListChange, models.PROTECT, null=True, blank=True, related_name="+")
    # Name and words as the gate compares them, by the database itself.
    plain_words = models.GeneratedField(
        expression=Func(
            F("name_zh"), F("words"), function="admission_plain_words", output_field=ArrayField(models.TextField())
        ),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    class Meta:
        ordering = ["kind", "code", "id"]
        constraints = [
            real_period("list_item_has_a_real_period"),
            known("list_item_kind_is_known", "kind", ListKind.values),
            not_blank("list_item_has_a_chinese_name", "name_zh"),
            not_blank("list_item_names_its_legal_basis", "basis"),
            no_overlap("list_item_stands_once_at_a_time", "unit", texts=("kind", "code")),
            models.CheckConstraint(
                name="list_item_with_an_end_says_which_change_ended_it",
                condition=Q(during__upper_inf=True, ended_by__isnull=True)
                | Q(during__upper_inf=False, ended_by__isnull=False),
            ),
        ]
