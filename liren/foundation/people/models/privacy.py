"""Consent, looks at other people's data, and what was destroyed: all appended, all readable by the person."""

from __future__ import annotations

import uuid as uuids
from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liren.foundation.people.models.reach import inside, paths_of

GRANT_LASTS = timedelta(minutes=30)


class OwnQuerySet(models.QuerySet[Any]):
    """Rows about one account: seen by that account, and by whoever reviews access."""

    owner = "account_id"

    def visible_to(self, actor: Any) -> OwnQuerySet:
        if actor.pk is None:
            return self.none()
        return self.filter(**{self.owner: actor.pk})


class ReviewedQuerySet(OwnQuerySet):
    owner = "subject_id"

    def visible_to(self, actor: Any) -> OwnQuerySet:
        """The person looked at sees every look; so does who reviews access in that part of the territory."""
        return self.filter(Q(subject_id=actor.pk or 0) | inside(paths_of(actor, "people.review_access")))


class ConsentEvent(models.Model):
    """Given or withdrawn, to one purpose in one wording. The latest line counts."""

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    purpose = models.SlugField(max_length=40)
    wording = models.PositiveSmallIntegerField()
    given = models.BooleanField()
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[ConsentEvent]] = OwnQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            # Reader: does this account consent to this purpose?
            models.Index(fields=["account", "purpose", "-at"], name="people_consent_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {'given' if self.given else 'withdrawn'}"


class ReviewOutcome(models.TextChoices):
    JUSTIFIED = "justified", _("Justified")
    DOUBTFUL = "doubtful", _("To be explained by the official")
    WRONG = "wrong", _("Not justified")


class AccessGrant(models.Model):
    """A look at one sealed contact for a stated purpose, for at most half an hour, reviewed by somebody else."""

    uuid = models.UUIDField(default=uuids.uuid4, unique=True, editable=False)
    contact = models.ForeignKey("people.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("territory.Unit", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=ReviewOutcome.choices, blank=True)
    reviewed_by = models.ForeignKey("people.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.CharField(max_length=400, blank=True)

    objects: ClassVar[models.Manager[AccessGrant]] = ReviewedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("opened_at")) & Q(expires_at__lte=F("opened_at") + GRANT_LASTS),
                name="people_access_grant_lasts_half_an_hour_at_most",
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="people_access_grant_states_a_purpose"),
            models.CheckConstraint(
                condition=~Q(actor=F("subject")), name="people_access_grant_is_about_another_person"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, outcome="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, outcome__in=ReviewOutcome.values),
                name="people_access_grant_review_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | (~Q(reviewed_by=F("actor")) & ~Q(reviewed_by=F("subject"))),
                name="people_access_grant_is_reviewed_by_a_third",
            ),
        ]
        indexes = [
            # Reader: the list of grants that wait for review.
            models.Index(fields=["opened_at"], condition=Q(reviewed_at__isnull=True), name="people_grant_unreviewed"),
            # Reader: has this actor a live grant?
            models.Index(fields=["actor", "expires_at"], name="people_grant_live"),
        ]

    def __str__(self) -> str:
        return f"grant {self.uuid}"


class AccessEntry(models.Model):
    """One look at another person's data by an official; the person reads these lines."""

    subject = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=60)
    looker = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    dataset = models.SlugField(max_length=60)
    purpose = models.CharField(max_length=200)
    unit = models.ForeignKey("territory.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey(AccessGrant, null=True, on_delete=models.PROTECT, related_name="entries")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[AccessEntry]] = ReviewedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(purpose=""), name="people_access_entry_states_a_purpose"),
        ]
        indexes = [
            # Reader: who looked at my data, newest first.
            models.Index(fields=["subject", "-id"], name="people_access_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def reason(self) -> str:
        """The purpose as the reader sees it: our own sentences in their language, an official's words as written."""
        return gettext(self.purpose)


class Destruction(models.Model):
    """What was destroyed when its time was over or its owner asked: how many rows, of what, why; never whose."""

    dataset = models.SlugField(max_length=60)
    archive_class = models.CharField(max_length=20)
    rows = models.PositiveIntegerField()
    older_than = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="people_destruction_states_a_reason"),
            models.CheckConstraint(condition=Q(rows__gt=0), name="people_destruction_destroyed_something"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset}: {self.rows}"
