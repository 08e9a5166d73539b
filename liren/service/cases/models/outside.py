"""What machines hold: keys of the outside, subscriptions, saved views, published figures, the trained classifier."""

from __future__ import annotations

import uuid as uuids

from django.db import models
from django.db.models import Q

from liren.service.cases.models.shapes import known, not_blank


class ApiKey(models.Model):
    """A key that a program sends (Open311 ``api_key``, alarms); only its digest is kept. ``unit``: its reach."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8)
    digest = models.BinaryField(max_length=32, unique=True)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    sensor = models.ForeignKey("registers.Entry", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known("api_key_kind_is_known", "kind", ("open311", "sensor", "exchange")),
            not_blank("api_key_has_a_name", "name", "made_by"),
        ]

    def __str__(self) -> str:
        return self.name


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
    """One event for one subscription, until the receiver has taken it. The row is the queue."""

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries")
    event = models.ForeignKey("cases.CaseEvent", models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="delivery_of_an_event_is_one", fields=["subscription", "event"]),
        ]
        indexes = [models.Index(fields=["next_at", "id"], name="delivery_waiting", condition=Q(done_at__isnull=True))]

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
    """What a unit published about one month (R081). Figures of one to four cases are withheld (``withheld``)."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    month = models.DateField()
    type = models.ForeignKey("policy.Declaration", models.PROTECT, related_name="+", db_index=False)
    category = models.CharField(max_length=40, blank=True)
    received = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField()
    reopened = models.PositiveIntegerField()
    first_answer_minutes = models.PositiveIntegerField(null=True)
    close_minutes = models.PositiveIntegerField(null=True)
    answered_in_time = models.PositiveIntegerField(default=0)
    rated = models.PositiveIntegerField(default=0)
    solved = models.PositiveIntegerField(default=0)
    satisfied = models.PositiveIntegerField(default=0)
    withheld = models.BooleanField(default=False)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["-month", "unit_id"]
        constraints = [
            models.UniqueConstraint(name="month_figure_is_said_once", fields=["unit", "month", "type", "category"]),
            models.CheckConstraint(name="month_figure_begins_a_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="month_figure_rates_are_parts",
                condition=Q(solved__lte=models.F("rated"), satisfied__lte=models.F("rated")),
            ),
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
