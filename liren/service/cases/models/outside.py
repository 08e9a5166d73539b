"""What machines hold: keys of the outside, subscriptions, saved views, published figures, the trained classifier."""

from __future__ import annotations

import uuid as uuids
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from liren.foundation.people.models.reach import inside, paths_of
from liren.service.cases.models.shapes import known, not_blank

KEY_KINDS = ("open311", "sensor", "exchange", "partner")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, actor: Any) -> ApiKeyQuerySet:
        """Keys of the units where the actor gives them out."""
        return self.filter(inside(paths_of(actor, "cases.keys")))


class ApiKey(models.Model):
    """A key that a program sends (Open311 ``api_key``, alarms); only its digest is kept. ``unit``: its reach.

    ``body``, of a partner's key alone: the program does what a member of this body does with its cases (R083).

    ``used_on`` is the last day on which it was sent, and no more: idle keys are to be seen, not who works when.
    """

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8)
    digest = models.BinaryField(max_length=32, unique=True)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    sensor = models.ForeignKey("registers.Entry", models.PROTECT, null=True, blank=True, related_name="+")
    body = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            known("api_key_kind_is_known", "kind", KEY_KINDS),
            models.CheckConstraint(
                name="api_key_of_a_partner_names_its_body",
                condition=Q(kind="partner", body__isnull=False) | ~Q(kind="partner") & Q(body__isnull=True),
            ),
            not_blank("api_key_has_a_name", "name", "made_by"),
        ]

    def __str__(self) -> str:
        return self.name


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, actor: Any) -> SubscriptionQuerySet:
        """Those of the keys that the actor gives out."""
        return self.filter(inside(paths_of(actor, "cases.keys"), "key__unit__path"))


class Subscription(models.Model):
    """Where events of cases are sent: an address, and a secret by which the receiver knows us."""

    uuid = models.UUIDField(default=uuids.uuid4, unique=True, editable=False)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="subscriptions")
    address = models.CharField(max_length=500)
    sealed_secret = models.BinaryField()
    types = models.JSONField(default=list)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = SubscriptionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="subscription_address_is_safe", condition=Q(address__regex=r"^https://[^\s@]+$")
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Delivery(models.Model):
    """One event for one subscription, until the receiver has taken it. The row is the queue.

    ``given_up``: it was tried for days and never taken; somebody may have it sent again.
    """

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries")
    event = models.ForeignKey("cases.CaseEvent", models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    given_up = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="delivery_of_an_event_is_one", fields=["subscription", "event"]),
            models.CheckConstraint(
                name="delivery_given_up_is_done_with", condition=Q(given_up=False) | Q(done_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], name="delivery_waiting", condition=Q(done_at__isnull=True)),
            # What the desk may have sent again.
            models.Index(fields=["subscription", "id"], name="delivery_given_up", condition=Q(given_up=True)),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.event_id}"


class SavedView(models.Model):
    """A desk's own way of looking at its queue."""

    account = models.ForeignKey("people.Account", models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="saved_view_name_is_used_once", fields=["account", "name"]),
            not_blank("saved_view_has_a_name", "name"),
        ]

    def __str__(self) -> str:
        return self.name


class MonthFigure(models.Model):
    """One month of one type at a unit and below it (R081). A blank category is all of the type, "-" those without one.

    The numbers are whole here; ``hidden`` says which of them are not for everybody (bits in the order of ``COUNTS``):
    one to four, and those from which such a number could be worked out. ``queries.figures`` is the way to read them.
    """

    COUNTS = (
        "received",
        "closed",
        "answered",
        "overdue",
        "reopened",
        "waiting",
        "said_solved",
        "said_satisfied",
        "heard",
    )

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    type = models.ForeignKey("policy.Declaration", models.PROTECT, related_name="+", db_index=False)
    category = models.CharField(max_length=40, blank=True)
    received = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    answered = models.PositiveIntegerField(default=0)
    overdue = models.PositiveIntegerField()
    reopened = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField(default=0)
    first_answer_minutes = models.PositiveIntegerField(null=True)
    close_minutes = models.PositiveIntegerField(null=True)
    answered_in_time = models.PositiveIntegerField(default=0)
    heard = models.PositiveIntegerField(default=0)
    heard_in_time = models.PositiveIntegerField(default=0)
    rated = models.PositiveIntegerField(default=0)
    said_solved = models.PositiveIntegerField(default=0)
    solved = models.PositiveIntegerField(default=0)
    said_satisfied = models.PositiveIntegerField(default=0)
    satisfied = models.PositiveIntegerField(default=0)
    hidden = models.PositiveSmallIntegerField(default=0)
    withheld = models.BooleanField(default=False)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["-month", "unit_id"]
        constraints = [
            models.UniqueConstraint(name="month_figure_is_said_once", fields=["unit", "month", "type", "category"]),
            models.CheckConstraint(name="month_figure_begins_a_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="month_figure_rates_are_parts",
                condition=Q(solved__lte=models.F("said_solved"), satisfied__lte=models.F("said_satisfied"))
                & Q(said_solved__lte=models.F("rated"), said_satisfied__lte=models.F("rated"))
                & Q(answered_in_time__lte=models.F("answered"), heard_in_time__lte=models.F("heard")),
            ),
            models.CheckConstraint(
                name="month_figure_withheld_says_what",
                condition=Q(withheld=True, hidden__gt=0) | Q(withheld=False, hidden=0),
            ),
        ]
        indexes = [
            # A month is computed anew as a whole, and its rows are compared among each other.
            models.Index(fields=["month", "type", "category"], name="month_figure_of_month"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month:%Y-%m}"


class Sorter(models.Model):
    """A trained classifier: arrays, never code. It suggests a category with its reasons and decides nothing."""

    name = models.CharField(max_length=40)
    trained_at = models.DateTimeField()
    trained_on = models.CharField(max_length=200)
    report = models.JSONField(default=dict)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="sorter_in_use_is_one", fields=["name"], condition=Q(retired_at__isnull=True)),
            not_blank("sorter_says_what_it_was_trained_on", "name", "trained_on"),
        ]

    def __str__(self) -> str:
        return self.name
