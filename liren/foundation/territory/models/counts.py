"""Counts of people, the only denominators used anywhere (R033), and the bands they are judged by (R026, R027).

Counts only: no table here can hold a person or a household.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.territory.models.constraints import during, not_blank, real_period
from liren.foundation.territory.models.units import Character, Kind, Level

MOST = 2_000_000_000  # more than mankind in one city; keeps a slip of the finger out of every ratio


class Population(models.Model):
    """Households and permanent residents of a unit at the end of a year. A later figure is a new revision."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="populations")
    year = models.PositiveSmallIntegerField(_("year"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    # Translators: 常住户数
    households = models.BigIntegerField(_("permanent households"), null=True, blank=True)
    # Translators: 常住人口
    residents = models.BigIntegerField(_("permanent residents"), null=True, blank=True)
    # Translators: 城镇常住人口
    urban_residents = models.BigIntegerField(_("urban permanent residents"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    published_on = models.DateField(_("published on"))
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["unit_id", "year", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "revision"], name="population_revision_is_said_once"),
            models.CheckConstraint(name="population_year_is_plausible", condition=Q(year__gte=1900, year__lte=2200)),
            models.CheckConstraint(name="population_revision_starts_at_one", condition=Q(revision__gte=1)),
            models.CheckConstraint(
                name="population_says_something",
                condition=Q(households__isnull=False) | Q(residents__isnull=False) | Q(urban_residents__isnull=False),
            ),
            models.CheckConstraint(
                name="population_counts_are_plausible",
                condition=(Q(households__isnull=True) | Q(households__range=(0, MOST)))
                & (Q(residents__isnull=True) | Q(residents__range=(0, MOST)))
                & (Q(urban_residents__isnull=True) | Q(urban_residents__range=(0, MOST))),
            ),
            models.CheckConstraint(
                name="population_urban_is_part_of_all",
                condition=Q(urban_residents__isnull=True)
                | Q(residents__isnull=True)
                | Q(urban_residents__lte=F("residents")),
            ),
            not_blank("population_names_its_source", "source"),
        ]
        indexes = [models.Index(fields=["year", "unit"], name="population_of_year")]  # queries.denominator sums

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year}.{self.revision}"


class Measure(models.TextChoices):
    HOUSEHOLDS = "households", _("Households")
    AREA = "area_m2", _("Area in square metres")
    # Translators: 入住率（%），达到后提出设立社区的建议
    OCCUPANCY = "occupancy_percent", _("Occupancy in percent")


class SizeBand(models.Model):
    """A configured band, valid below a unit: communities outside it are flagged (R026).

    For occupancy, ``low`` is the rate from which a new community is proposed (R027).
    """

    root = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    measure = models.CharField(_("measure"), max_length=20, choices=Measure.choices)
    kind = models.CharField(_("legal form"), max_length=20, choices=Kind.choices, blank=True)
    character = models.CharField(_("type of community"), max_length=20, choices=Character.choices, blank=True)
    low = models.BigIntegerField(_("from"), null=True, blank=True)
    high = models.BigIntegerField(_("to"), null=True, blank=True)
    during = during()
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ["root_id", "measure", "id"]
        constraints = [
            real_period("band_has_a_real_period"),
            models.CheckConstraint(name="band_measure_is_known", condition=Q(measure__in=Measure.values)),
            models.CheckConstraint(
                name="band_has_an_edge",
                condition=(Q(low__isnull=False) | Q(high__isnull=False))
                & (Q(low__isnull=True) | Q(low__gte=0))
                & (Q(high__isnull=True) | Q(high__gte=0))
                & (Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high"))),
            ),
            models.CheckConstraint(
                name="band_of_occupancy_is_a_percentage",
                condition=~Q(measure=Measure.OCCUPANCY) | Q(low__isnull=False, low__lte=100, high__isnull=True),
            ),
            not_blank("band_names_its_source", "source"),
            models.UniqueConstraint(
                name="band_in_force_is_the_only_one_of_its_kind",
                fields=["root", "measure", "kind", "character"],
                condition=Q(during__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.low}–{self.high}"


class Occupancy(models.Model):
    """How many homes of a compound are planned and lived in on a day. Append-only; a later word is a new row."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="occupancies", db_constraint=False)
    level = models.PositiveSmallIntegerField(default=Level.COMPOUND, editable=False)
    measured_on = models.DateField(_("measured on"))
    homes_planned = models.PositiveIntegerField(_("homes planned"))
    homes_occupied = models.PositiveIntegerField(_("homes lived in"))
    source = models.CharField(_("source"), max_length=300)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["unit_id", "measured_on", "id"]
        constraints = [
            models.CheckConstraint(name="occupancy_is_of_compounds", condition=Q(level=Level.COMPOUND)),
            models.CheckConstraint(
                name="occupancy_is_part_of_what_is_planned",
                condition=Q(homes_planned__gt=0, homes_occupied__lte=F("homes_planned")),
            ),
            not_blank("occupancy_names_its_source", "source"),
        ]
        indexes = [models.Index(fields=["unit", "measured_on"], name="occupancy_of_unit")]  # latest of a compound

    def __str__(self) -> str:
        return f"{self.unit_id} {self.measured_on}"

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: a threshold is reached only when it is reached."""
        return self.homes_occupied * 100 // self.homes_planned
