"""Roles are data; a mandate gives one role to one account in one unit between two dates."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, TruncDate
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.ranges import no_overlap
from liren.foundation.people.models.reach import inside, paths_of


class Side(models.TextChoices):
    """Who acts does not check: no account holds mandates of both sides at one time."""

    # Translators: 办理（与“监督”不能兼任）
    ACTS = "acts", _("Acts")
    # Translators: 监督（与“办理”不能兼任）
    CHECKS = "checks", _("Checks")


class Counted(models.TextChoices):
    """As what a holder is counted in staffing figures; grid workers never count as community workers."""

    NOT = "", _("Not counted")
    # Translators: 社区工作者
    COMMUNITY = "community", _("Community worker")
    # Translators: 网格员
    GRID = "grid", _("Grid worker")


class Way(models.TextChoices):
    """How somebody came into a role that the law itself says how to fill."""

    # Translators: 推选
    ELECTED = "elected", _("Elected")
    # Translators: 聘任
    ENGAGED = "engaged", _("Engaged")
    # Translators: 指派
    ASSIGNED = "assigned", _("Assigned")


class Role(models.Model):
    """Loaded from roles.toml; code asks for powers, never for a role by name."""

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    description_zh = models.TextField()
    description_en = models.TextField()
    side = models.CharField(max_length=6, choices=Side.choices, default=Side.ACTS)
    counted = models.CharField(max_length=10, choices=Counted.choices, default=Counted.NOT, blank=True)
    second_factor_required = models.BooleanField(default=True)
    hours_required = models.BooleanField(default=False)
    # The duty of appointing to this role, whatever its powers are: who appoints a mediator opens no mediation.
    appointed_by = models.CharField(max_length=60, blank=True, default="")
    ways = ArrayField(models.CharField(max_length=10, choices=Way.choices), default=list, blank=True)
    ground_zh = models.TextField(blank=True, default="")
    ground_en = models.TextField(blank=True, default="")
    is_retired = models.BooleanField(default=False)
    position = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="people_role_side_is_known"),
            models.CheckConstraint(condition=Q(counted__in=Counted.values), name="people_role_counted_is_known"),
            models.CheckConstraint(
                condition=~Q(name_zh="") & ~Q(name_en="") & ~Q(description_zh="") & ~Q(description_en=""),
                name="people_role_is_described_in_both_languages",
            ),
            models.CheckConstraint(
                condition=Q(appointed_by="", ground_zh="", ground_en="", ways__len=0)
                | ~Q(appointed_by="") & ~Q(ground_zh="") & ~Q(ground_en="") & Q(ways__len__gt=0),
                name="people_role_appointed_names_its_ground",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh

    @property
    def description(self) -> str:
        return self.description_en if (get_language() or "").startswith("en") else self.description_zh

    @property
    def ground(self) -> str:
        """The law that says how the role is filled; empty where none does."""
        return self.ground_en if (get_language() or "").startswith("en") else self.ground_zh


class RolePower(models.Model):
    """A power is the name of an action in the registry of rights."""

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="powers")
    power = models.CharField(max_length=60)

    class Meta:
        ordering = ["power"]
        constraints = [models.UniqueConstraint(fields=["role", "power"], name="people_role_power_once")]

    def __str__(self) -> str:
        return self.power


class RoleLevel(models.Model):
    """A level of the tree (territory.Level) where the role can be held."""

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="levels")
    level = models.SmallIntegerField()

    class Meta:
        ordering = ["level"]
        constraints = [models.UniqueConstraint(fields=["role", "level"], name="people_role_level_once")]

    def __str__(self) -> str:
        return str(self.level)


class MandateQuerySet(models.QuerySet["Mandate"]):
    def visible_to(self, actor: Any) -> MandateQuerySet:
        """One's own, and those in units where the actor grants, or looks over, mandates."""
        paths = {*paths_of(actor, "people.grant"), *paths_of(actor, "people.see_mandates")}
        return self.filter(Q(account_id=actor.pk) | inside(tuple(sorted(paths))))

    def active_on(self, day: date) -> MandateQuerySet:
        """First and last day included, but what was ended on that day, or before it began, is over at once."""
        ended_today = Q(ended_at__gte=midnight(day), during__endswith=day + timedelta(days=1))
        never_began = Q(ended_at__isnull=False, during__startswith__gt=TruncDate("ended_at"))
        return self.filter(during__contains=day, account__is_active=True).exclude(ended_today).exclude(never_began)


def midnight(day: date) -> datetime:
    """The first moment of a day in the time zone of the site."""
    return timezone.make_aware(datetime.combine(day, time.min))


class Mandate(models.Model):
    """A dated office-holding: never deleted, only ended; a fact that outlives the account's name."""

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="mandates")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="mandates")
    # The database holds (unit, unit_level) -> (id, level): Django's single-column key would cost a second look-up.
    unit = models.ForeignKey("territory.Unit", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    unit_level = models.SmallIntegerField(editable=False)
    during = DateRangeField()
    duties = models.CharField(max_length=400, blank=True)
    weekly_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    # How the holder was chosen and by which decision: for roles that a law says how to fill.
    way = models.CharField(max_length=10, choices=Way.choices, blank=True, db_default="")
    instrument = models.CharField(max_length=200, blank=True, db_default="")
    granted_by = models.CharField(max_length=60)
    granted_at = models.DateTimeField()
    ended_by = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Words about a person: here, where they go when the account is erased, and not in the audit log, which keeps all.
    end_reason = models.CharField(max_length=200, blank=True, db_default="")

    objects: ClassVar[models.Manager[Mandate]] = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            no_overlap("people_mandate_same_role_does_not_overlap", "account", "role", "unit"),
            models.CheckConstraint(
                condition=Q(during__startswith__isnull=False) & Q(during__isempty=False),
                name="people_mandate_has_a_first_day",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="people_mandate_ended_at_with_ended_by",
            ),
            models.CheckConstraint(
                condition=Q(weekly_minutes__isnull=True) | Q(weekly_minutes__range=(1, 7 * 24 * 60)),
                name="people_mandate_week_has_10080_minutes",
            ),
            models.CheckConstraint(
                condition=Q(instrument="", way="") | Q(way__in=Way.values),
                name="people_mandate_instrument_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(granted_by=Concat(Value("account:"), F("account"), output_field=models.CharField())),
                name="people_mandate_nobody_grants_to_oneself",
            ),
        ]
        indexes = [
            # Reader: the mandates of a unit, page by page; the team of a grid.
            models.Index(fields=["unit", "id"], name="people_mandate_unit"),
        ]

    def __str__(self) -> str:
        return f"mandate {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.unit_level = self.unit.level
        super().save(*args, **kwargs)

    @property
    def starts_on(self) -> date:
        """The first day in office."""
        return self.during.lower

    @property
    def ends_on(self) -> date | None:
        """The last day in office, included; ``None`` while no end is set."""
        return None if self.during.upper is None else self.during.upper - timedelta(days=1)
