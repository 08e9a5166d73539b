"""Runs: what was asked, from which inputs, with what result, and how it went."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liren.development.lifecircle.models.constraints import is_digest, not_blank


class RunState(models.TextChoices):
    # Translators: 生活圈计算：已提交
    ASKED = "asked", pgettext_lazy("run", "Asked for")
    # Translators: 生活圈计算：计算中
    RUNNING = "running", pgettext_lazy("run", "Running")
    # Translators: 生活圈计算：已完成
    DONE = "done", pgettext_lazy("run", "Done")
    # Translators: 生活圈计算：未完成
    FAILED = "failed", pgettext_lazy("run", "Failed")


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, actor: Any) -> RunQuerySet:
        """What came out is public; what is under way or failed is for whoever may ask for runs."""
        if actor is not None and getattr(actor, "is_authenticated", False) and actor.holds("lifecircle.run"):
            return self
        return self.filter(state=RunState.DONE)

    def done(self) -> RunQuerySet:
        return self.filter(state=RunState.DONE)


class Run(models.Model):
    """One reckoning of a city for one group on one day. Same inputs and code, same ``result_digest``, bit for bit.

    ``categories`` names the columns of all rows of the run; ``circles`` those of their circles; ``thresholds_ds`` the
    thresholds of their counts in deciseconds; ``limits_ds`` within how much each category counts as reached.
    """

    city = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    day = models.DateField(_("as of"))
    group = models.CharField(_("group"), max_length=40)
    standard = models.ForeignKey("policy.DeclarationVersion", models.PROTECT, related_name="+")
    network = models.ForeignKey("lifecircle.StreetNetwork", models.PROTECT, related_name="+")
    cycle_network = models.ForeignKey("lifecircle.StreetNetwork", models.PROTECT, null=True, related_name="+")
    places = models.ForeignKey("lifecircle.PlaceTable", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.ASKED)
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=40, blank=True)
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    fault = models.TextField(blank=True)
    fault_code = models.CharField(max_length=40, blank=True)  # with its facts, so that each reads it in their language
    fault_facts = models.JSONField(default=dict)
    code_version = models.CharField(max_length=40, blank=True)
    input_fingerprint = models.CharField(max_length=64, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    categories = ArrayField(models.CharField(max_length=40), default=list)
    circles = ArrayField(models.CharField(max_length=40), default=list)
    thresholds_ds = ArrayField(models.IntegerField(), default=list)
    limits_ds = ArrayField(models.IntegerField(), default=list)
    parameters = models.JSONField(default=dict)
    report = models.JSONField(default=dict)

    objects: ClassVar[Any] = RunQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["city_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["city", "number"], name="run_number_is_given_once"),
            models.CheckConstraint(name="run_numbers_count_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="run_state_is_known", condition=Q(state__in=RunState.values)),
            models.CheckConstraint(
                name="run_that_is_done_says_from_what_and_what",
                condition=~Q(state=RunState.DONE)
                | (~Q(result_digest="") & ~Q(input_fingerprint="") & ~Q(code_version="") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="run_that_failed_says_why",
                condition=~Q(state=RunState.FAILED) | Q(fault__regex=r"\S", ended_at__isnull=False),
            ),
            is_digest("run_fingerprint_is_one", "input_fingerprint", or_blank=True),
            is_digest("run_digest_is_one", "result_digest", or_blank=True),
            not_blank("run_names_who_asked", "asked_by"),
            # The same question while the first is under way is the first: asking twice changes nothing.
            models.UniqueConstraint(
                name="run_under_way_is_the_only_one_of_its_question",
                fields=["city", "group", "day", "network", "places", "standard"],
                nulls_distinct=False,
                condition=Q(state__in=[RunState.ASKED, RunState.RUNNING]),
            ),
        ]
        indexes = [
            models.Index(fields=["city", "group", "-number"], condition=Q(state=RunState.DONE), name="run_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.city_id}/{self.number} {self.state}"

    @property
    def looks_back(self) -> bool:
        """Whether it is about a day before the one on which it was asked for: registers may have changed since."""
        return self.day < timezone.localdate(self.asked_at)

    @property
    def unrecorded(self) -> frozenset[str]:
        """Codes of what the whole city has no place of: not counted where somebody lacks nothing. Runs of an earlier
        code counted them, and name none."""
        return frozenset(self.parameters.get("unrecorded", ()))


class RunEvent(models.Model):
    """One step of a run; append-only."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="events")
    move = models.CharField(max_length=12)
    to_state = models.CharField(max_length=8, choices=RunState.choices)
    actor = models.CharField(max_length=100)
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["run_id", "id"]
        constraints = [
            models.CheckConstraint(name="run_event_state_is_known", condition=Q(to_state__in=RunState.values)),
            not_blank("run_event_names_its_actor", "actor"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.move}"
