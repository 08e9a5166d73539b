"""Networks of ways, and tables of places, as they were recorded: numbered for each city, appended, never changed."""

from __future__ import annotations

from math import floor
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Floor
from django.utils.translation import gettext_lazy as _

from liren.development.lifecircle.models.constraints import is_digest, not_blank


class Mode(models.TextChoices):
    # Translators: 步行
    WALK = "walk", _("On foot")
    # Translators: 骑行
    CYCLE = "cycle", _("By bicycle")


class NetworkQuerySet(models.QuerySet["StreetNetwork"]):
    def visible_to(self, actor: Any) -> NetworkQuerySet:
        """Everybody sees which networks there are: ways are public."""
        return self

    def of(self, city: Any, mode: str) -> NetworkQuerySet:
        """The networks of a city and mode, the newest first; without their arrays, which only the reckoning reads."""
        return self.filter(city=city, mode=mode).defer("content").order_by("-version")


class StreetNetwork(models.Model):
    """The ways of a city for one mode. ``content`` is the engine's arrays as a compressed ``.npz``; ``digest`` of them.

    The database keeps the file, as it keeps all files: whatever is saved and restored is saved and restored with it.
    """

    city = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    mode = models.CharField(_("way of going"), max_length=8, choices=Mode.choices)
    version = models.PositiveIntegerField()
    file_name = models.CharField(_("file"), max_length=200)
    source = models.CharField(_("source"), max_length=300)
    rules = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    nodes = models.PositiveIntegerField(_("nodes"))
    edges = models.PositiveIntegerField(_("edges"))
    quality = models.JSONField(default=dict)
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    objects: ClassVar[Any] = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["city_id", "mode", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["city", "mode", "version"], name="network_version_is_given_once"),
            models.UniqueConstraint(fields=["city", "mode", "digest"], name="network_is_recorded_once"),
            models.CheckConstraint(name="network_versions_count_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(name="network_mode_is_known", condition=Q(mode__in=Mode.values)),
            models.CheckConstraint(name="network_has_ways", condition=Q(nodes__gte=2, edges__gte=1)),
            models.CheckConstraint(
                name="network_lies_on_earth",
                condition=Q(west__gte=-180, east__lte=180, south__gte=-90, north__lte=90)
                & Q(west__lte=models.F("east"), south__lte=models.F("north")),
            ),
            is_digest("network_digest_is_one", "digest"),
            not_blank("network_names_its_source", "source"),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.mode} {self.version}"


class PlaceTable(models.Model):
    """A table of facilities that came as a file (points of interest), already in WGS 84. Appended, never changed."""

    city = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    file_name = models.CharField(_("file"), max_length=200)
    source = models.CharField(_("source"), max_length=300)
    crs = models.CharField(_("coordinate system of the source"), max_length=40)
    digest = models.CharField(max_length=64)
    places = models.PositiveIntegerField(_("places"))
    quality = models.JSONField(default=dict)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["city_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["city", "version"], name="place_table_version_is_given_once"),
            models.UniqueConstraint(fields=["city", "digest"], name="place_table_is_recorded_once"),
            models.CheckConstraint(name="place_table_versions_count_from_one", condition=Q(version__gte=1)),
            is_digest("place_table_digest_is_one", "digest"),
            not_blank("place_table_names_its_source", "source"),
        ]

    def __str__(self) -> str:
        return f"{self.city_id} {self.version}"


#: Cells of a degree; cells around the globe, and one more; as many cells as one question looks at.
CELLS_A_DEGREE, CELLS_AROUND, MOST_CELLS = 100, 36_001, 64


class PlaceQuerySet(models.QuerySet["Place"]):
    def inside(self, west: float, south: float, east: float, north: float) -> PlaceQuerySet:
        """The places in a small frame in degrees, by the index of cells.

        Raises:
            ValueError: the frame holds more than 64 cells of a hundredth of a degree.
        """
        rows, columns = (
            range(floor(low * CELLS_A_DEGREE), floor(high * CELLS_A_DEGREE) + 1)
            for low, high in ((south, north), (west, east))
        )
        if len(rows) * len(columns) > MOST_CELLS:
            raise ValueError(f"A frame of {len(rows) * len(columns)} cells is too wide: at most {MOST_CELLS}.")
        cells = [row * CELLS_AROUND + column for row in rows for column in columns]
        return self.filter(cell__in=cells, lon__range=(west, east), lat__range=(south, north))


class Place(models.Model):
    """One facility of such a table: degrees in WGS 84, and the codes of the categories that it counts for."""

    table = models.ForeignKey(PlaceTable, models.PROTECT, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(_("name"), max_length=200)
    categories = ArrayField(models.CharField(max_length=40))
    lon = models.FloatField(_("longitude"))
    lat = models.FloatField(_("latitude"))
    capacity = models.BigIntegerField(_("capacity"), null=True)
    hours = models.CharField(_("opening hours"), max_length=200, blank=True, db_default="")
    #: The square of a hundredth of a degree in which it lies, counted along the rows of the globe: what a map asks by.
    cell = models.GeneratedField(
        expression=Cast(Floor(F("lat") * CELLS_A_DEGREE), models.IntegerField()) * CELLS_AROUND
        + Cast(Floor(F("lon") * CELLS_A_DEGREE), models.IntegerField()),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="place_number_is_given_once"),  # and the run reads
            models.CheckConstraint(
                name="place_lies_on_earth", condition=Q(lon__range=(-180, 180), lat__range=(-90, 90))
            ),
            models.CheckConstraint(name="place_counts_for_something", condition=Q(categories__len__gte=1)),
            models.CheckConstraint(
                name="place_capacity_is_not_negative", condition=Q(capacity__isnull=True) | Q(capacity__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["table", "cell"], name="place_of_cell")]  # queries.places_in, the map's frame

    def __str__(self) -> str:
        return self.name
