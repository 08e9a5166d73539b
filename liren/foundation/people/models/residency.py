"""Where a person lives: claimed by the person, verified by the unit, ended by either."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.people.models.reach import inside, paths_of

COMMUNITY_RANK = 5  # territory.Level.COMMUNITY: one lives in a community, a compound or a grid, not in a province


class ResidencyState(models.TextChoices):
    # Translators: 居住登记的状态：已申报、已核实、未通过、已撤回、已结束
    CLAIMED = "claimed", _("Claimed")
    VERIFIED = "verified", _("Verified")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENDED = "ended", _("Ended")


OPEN = (ResidencyState.CLAIMED, ResidencyState.VERIFIED)


class ResidencyQuerySet(models.QuerySet["Residency"]):
    def visible_to(self, actor: Any) -> ResidencyQuerySet:
        """One's own, and those in units whose claims the actor decides."""
        return self.filter(Q(account_id=actor.pk) | inside(paths_of(actor, "people.verify")))


class Residency(models.Model):
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="residencies")
    # The database holds (unit, unit_level) -> (id, level): Django's single-column key would cost a second look-up.
    unit = models.ForeignKey("territory.Unit", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    unit_level = models.SmallIntegerField(editable=False)
    state = models.CharField(max_length=10, choices=ResidencyState.choices, default=ResidencyState.CLAIMED)
    claimed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.Account", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Residency]] = ResidencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ResidencyState.values), name="people_residency_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(unit_level__gte=COMMUNITY_RANK), name="people_residency_is_in_a_community_or_below"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, closed_at__isnull=True) | (~Q(state__in=OPEN) & Q(closed_at__isnull=False)),
                name="people_residency_closed_at_exactly_when_closed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("verified", "refused")) | Q(decided_at__isnull=False),
                name="people_residency_decided_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("account")),
                name="people_residency_nobody_decides_on_oneself",
            ),
            # Reader: my residency; the claim of a new one.
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=OPEN), name="people_residency_one_open_per_account"
            ),
        ]
        indexes = [
            # Reader: the desk's list of open claims in a unit, oldest first.
            models.Index(fields=["unit", "state", "claimed_at"], name="people_residency_desk"),
        ]

    def __str__(self) -> str:
        return f"residency {self.pk}: {self.state}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.unit_level = self.unit.level
        super().save(*args, **kwargs)


class ResidencyEventQuerySet(models.QuerySet["ResidencyEvent"]):
    def visible_to(self, actor: Any) -> ResidencyEventQuerySet:
        """The story of every residency the actor may see."""
        return self.filter(residency__in=Residency.objects.visible_to(actor))


class ResidencyEvent(models.Model):
    """One line of the story; appended, never changed."""

    residency = models.ForeignKey(Residency, on_delete=models.PROTECT, related_name="events")
    move = models.CharField(max_length=10)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, choices=ResidencyState.choices)
    at = models.DateTimeField()
    actor = models.CharField(max_length=60)
    note = models.CharField(max_length=400, blank=True)

    objects: ClassVar[models.Manager[ResidencyEvent]] = ResidencyEventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_state__in=ResidencyState.values), name="people_residency_event_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(to_state="refused") | ~Q(note=""), name="people_residency_event_refusal_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.move} at {self.at:%Y-%m-%d}"
