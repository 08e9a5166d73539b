"""What a run found: one row for each unit, the gaps ranked by people, and proposals of sites."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liren.development.lifecircle.models.constraints import is_digest, not_blank
from liren.development.lifecircle.models.networks import Mode
from liren.foundation.territory.models import Level


class Cause(models.IntegerChoices):
    """Why what is near in a straight line is far on the way; up to DETOUR as the engine numbers them."""

    # Translators: 生活圈差异原因：无
    NONE = 0, _("No cause")
    # Translators: 围墙
    WALL = 1, _("A wall or fence")
    # Translators: 河流或水面
    WATER = 2, _("A river or water")
    # Translators: 铁路
    RAIL = 3, _("A railway")
    # Translators: 缺少过街设施的道路
    CROSSING = 4, _("A road without a crossing")
    # Translators: 绕路，没有可命名的阻隔
    DETOUR = 5, _("A long way round")
    # Translators: 45分钟内没有连通的路
    CUT_OFF = 9, _("No way there within 45 minutes")


class FoundQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Any) -> FoundQuerySet:
        """Results are public once the run is done: a compound is no person. Small counts are hidden by the queries."""
        return self.filter(run__state="done")


def _arrays(name: str, *fields: str) -> models.CheckConstraint:
    condition = Q()
    for field in fields[1:]:
        condition &= Q(**{f"{field}__len": F(f"{fields[0]}__len")}) | Q(**{f"{field}__len": 0})
    return models.CheckConstraint(name=name, condition=condition)


class CircleRow(models.Model):
    """One unit of one run. Columns follow ``run.categories``; counts are category by category, threshold by threshold.

    Compounds hold times: ``minutes_ds`` deciseconds, NULL where nothing is reached within the run's horizon;
    ``straight_m`` metres in a straight line, NULL where the city has no such facility; ``counts`` and ``capacity``
    within each threshold; ``causes`` (``Cause``) of what is near as the crow flies and too far on the way.
    All units, compounds too, hold people: ``served`` within each category's own limit, ``by_radius`` within its service
    radius in a straight line, ``complete`` who lack nothing in each circle.
    """

    run = models.ForeignKey("lifecircle.Run", models.PROTECT, related_name="rows", db_index=False)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_constraint=False)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    people = models.BigIntegerField(_("permanent residents"))
    households = models.BigIntegerField(_("permanent households"))
    compounds = models.PositiveIntegerField()
    mode = models.CharField(max_length=8, choices=Mode.choices, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    minutes_ds = ArrayField(models.IntegerField(null=True), default=list)
    straight_m = ArrayField(models.IntegerField(null=True), default=list)
    counts = ArrayField(models.IntegerField(), default=list)
    capacity = ArrayField(models.BigIntegerField(), default=list)
    causes = ArrayField(models.SmallIntegerField(), default=list)
    served = ArrayField(models.BigIntegerField(), default=list)
    by_radius = ArrayField(models.BigIntegerField(), default=list)
    complete = ArrayField(models.BigIntegerField(), default=list)

    objects: ClassVar[Any] = FoundQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["run", "unit"], name="circle_row_of_a_unit_is_said_once"),
            models.CheckConstraint(
                name="circle_row_counts_no_fewer_than_nobody", condition=Q(people__gte=0, households__gte=0)
            ),
            models.CheckConstraint(
                name="circle_row_times_are_of_compounds",
                condition=Q(level=Level.COMPOUND) | Q(minutes_ds__len=0, mode="", lon__isnull=True),
            ),
            _arrays(
                "circle_row_columns_are_of_one_length", "served", "by_radius", "minutes_ds", "straight_m", "causes"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "level", "unit"], name="circle_row_of_level"),  # queries.rows, the map
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.unit_id}"


class Gap(models.Model):
    """A compound that does not reach a category within its circle, and how many people live there."""

    run = models.ForeignKey("lifecircle.Run", models.PROTECT, related_name="gaps", db_index=False)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_constraint=False)
    category = models.CharField(max_length=40)
    people = models.BigIntegerField()
    over_ds = models.IntegerField(null=True)
    cause = models.SmallIntegerField(choices=Cause.choices, default=Cause.NONE)

    objects: ClassVar[Any] = FoundQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["run", "unit", "category"], name="gap_is_said_once"),
            models.CheckConstraint(name="gap_concerns_people", condition=Q(people__gt=0)),
            models.CheckConstraint(
                name="gap_lies_beyond_the_limit", condition=Q(over_ds__isnull=True) | Q(over_ds__gt=0)
            ),
            models.CheckConstraint(name="gap_cause_is_known", condition=Q(cause__in=Cause.values)),
        ]
        indexes = [
            models.Index(fields=["run", "-people", "id"], name="gap_by_people"),  # queries.gaps, page by page
            models.Index(fields=["run", "category", "-people", "id"], name="gap_of_category"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.unit_id} {self.category}"


class ProposalKind(models.TextChoices):
    # Translators: 新建设施选址
    SITES = "sites", _("New facilities")
    # Translators: 打开通道或过街
    EDGES = "edges", _("Gates and crossings")


class Proposal(models.Model):
    """A choice of sites, or of ways to open, with how far from the best it can be at most. Appended, never changed.

    ``chosen``: a list of ``{"lon", "lat", "name", "people", "cost"}``; ``upper_bound`` no choice whatever reaches more.
    """

    run = models.ForeignKey("lifecircle.Run", models.PROTECT, related_name="proposals")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=ProposalKind.choices)
    category = models.CharField(max_length=40)
    most = models.PositiveIntegerField(_("at most so many"))
    candidates = models.PositiveIntegerField()
    chosen = models.JSONField(default=list)
    people_before = models.BigIntegerField()
    people_after = models.BigIntegerField()
    upper_bound = models.BigIntegerField()
    method = models.CharField(max_length=60)
    is_proven = models.BooleanField()
    parameters = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    made_by = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    objects: ClassVar[Any] = FoundQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["run_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="site_proposal_number_is_given_once"),
            models.CheckConstraint(name="site_proposal_kind_is_known", condition=Q(kind__in=ProposalKind.values)),
            models.CheckConstraint(
                name="site_proposal_gains_and_stays_below_its_bound",
                condition=Q(people_before__gte=0, people_after__gte=F("people_before"))
                & Q(upper_bound__gte=F("people_after")),
            ),
            models.CheckConstraint(
                name="site_proposal_that_is_proven_meets_its_bound",
                condition=Q(is_proven=False) | Q(upper_bound=F("people_after")),
            ),
            models.CheckConstraint(name="site_proposal_chooses_at_least_one", condition=Q(most__gte=1)),
            is_digest("site_proposal_digest_is_one", "digest"),
            not_blank("site_proposal_names_its_maker", "made_by"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"

    @property
    def certificate_percent(self) -> float:
        """How far from the best choice this one is at most, in percent of the best."""
        return 0.0 if self.upper_bound == 0 else 100.0 * (self.upper_bound - self.people_after) / self.upper_bound
