"""Outlines on the ground, with dates, and the hexagons that find them (filled by ``services.boundaries``)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.ranges import no_overlap
from liren.foundation.territory.models.constraints import during, not_blank, real_period


class Boundary(models.Model):
    """Outline of a unit or a zone during a period: WKB in WGS 84 degrees, area in square metres."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, null=True, blank=True, related_name="boundaries")
    zone = models.ForeignKey("territory.Zone", models.PROTECT, null=True, blank=True, related_name="boundaries")
    during = during()
    wkb = models.BinaryField()
    area_m2 = models.FloatField(_("area in square metres"))
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    source = models.CharField(_("source"), max_length=300)
    source_crs = models.CharField(_("coordinate system of the source"), max_length=40)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "boundaries"
        ordering = ["id"]
        constraints = [
            real_period("boundary_has_a_real_period"),
            models.CheckConstraint(
                name="boundary_is_of_a_unit_or_a_zone",
                condition=Q(unit__isnull=False, zone__isnull=True) | Q(unit__isnull=True, zone__isnull=False),
            ),
            no_overlap("boundary_of_a_unit_never_overlaps_in_time", "unit", condition=Q(unit__isnull=False)),
            no_overlap("boundary_of_a_zone_never_overlaps_in_time", "zone", condition=Q(zone__isnull=False)),
            models.CheckConstraint(name="boundary_has_an_area", condition=Q(area_m2__gt=0, area_m2__lt=float("1e14"))),
            models.CheckConstraint(
                name="boundary_box_lies_on_earth",
                condition=Q(west__gte=-180, east__lte=180, south__gte=-90, north__lte=90)
                & Q(west__lt=F("east"), south__lt=F("north")),
            ),
            not_blank("boundary_names_its_source", "source"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id or self.zone_id} {self.during}"


class BoundaryCell(models.Model):
    """An H3 hexagon that a boundary covers wholly or touches: the first sieve from a point to units."""

    boundary = models.ForeignKey("territory.Boundary", models.CASCADE, related_name="cells")
    cell = models.BigIntegerField()
    whole = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cell", "boundary"], name="boundary_cell_is_said_once"),  # and units_at
            models.CheckConstraint(name="boundary_cell_is_an_h3_index", condition=Q(cell__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.cell:x}"
