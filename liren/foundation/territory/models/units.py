"""Units of territory and their dated truth.

A unit is an identity that may change its name, code, form and parent. ``UnitSpan`` says what it was on which days and
is the truth; ``Unit`` carries today's face, so that everyday reading needs no dates. Services keep both in step.
"""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.ranges import no_overlap_of_many
from liren.foundation.territory.models.constraints import during, not_blank, real_period

if TYPE_CHECKING:
    from liren.foundation.kernel.rights import Actor


class Level(models.IntegerChoices):
    """Rank in the tree: a parent's is always smaller, and levels may be left out between them."""

    PROVINCE = 1, _("Province")
    CITY = 2, _("City")
    # Translators: 区县
    DISTRICT = 3, _("District or county")
    # Translators: 街道/乡镇
    STREET = 4, _("Street or town")
    # Translators: 社区/村
    COMMUNITY = 5, _("Community or village")
    # Translators: 小区院落
    COMPOUND = 6, _("Compound")
    # Translators: 网格
    GRID = 7, _("Grid")


class Kind(models.TextChoices):
    """Legal form of a unit; each belongs to one level (``KINDS``)."""

    PROVINCE = "province", _("Province")
    # Translators: 直辖市
    MUNICIPALITY = "municipality", _("Municipality")
    # Translators: 自治区、特别行政区
    REGION = "region", _("Region")
    CITY = "city", _("City")
    # Translators: 地区、自治州、盟
    PREFECTURE = "prefecture", _("Prefecture")
    # Translators: 市辖区
    DISTRICT = "district", _("District")
    # Translators: 县
    COUNTY = "county", _("County")
    # Translators: 县级市
    COUNTY_CITY = "county_city", _("County-level city")
    # Translators: 旗
    BANNER = "banner", _("Banner")
    # Translators: 郊区办
    SUBURBAN_OFFICE = "suburban_office", _("Suburban office")
    # Translators: 开发区、管理区
    ZONE = "zone", _("Development zone")
    # Translators: 街道
    STREET = "street", _("Street")
    # Translators: 镇
    TOWN = "town", _("Town")
    # Translators: 乡
    TOWNSHIP = "township", _("Township")
    # Translators: 苏木
    SUMU = "sumu", _("Sumu")
    # Translators: 类似乡级单位（农场、开发区等）
    STREET_LIKE = "street_like", _("Like a street or town")
    # Translators: 社区（居民委员会）
    COMMUNITY = "community", _("Community")
    # Translators: 村（村民委员会）
    VILLAGE = "village", _("Village")
    # Translators: 类似居（村）委会
    COMMUNITY_LIKE = "community_like", _("Like a community or village")
    # Translators: 商品房小区
    ESTATE = "estate", _("Commercial estate")
    # Translators: 老旧院落
    OLD_COURTYARD = "old_courtyard", _("Old courtyard")
    # Translators: 农民集中居住区
    RURAL_CLUSTER = "rural_cluster", _("Concentrated rural housing")
    # Translators: 农村散居院落
    RURAL_SCATTERED = "rural_scattered", _("Scattered rural courtyard")
    # Translators: 棚户区
    SHANTY = "shanty", _("Shanty area")
    # Translators: 城中村
    URBAN_VILLAGE = "urban_village", _("Village in the city")
    # Translators: 网格
    GRID = "grid", _("Grid")


KINDS: dict[Level, tuple[Kind, ...]] = {
    Level.PROVINCE: (Kind.PROVINCE, Kind.MUNICIPALITY, Kind.REGION),
    Level.CITY: (Kind.CITY, Kind.PREFECTURE),
    Level.DISTRICT: (Kind.DISTRICT, Kind.COUNTY, Kind.COUNTY_CITY, Kind.BANNER, Kind.SUBURBAN_OFFICE, Kind.ZONE),
    Level.STREET: (Kind.STREET, Kind.TOWN, Kind.TOWNSHIP, Kind.SUMU, Kind.STREET_LIKE),
    Level.COMMUNITY: (Kind.COMMUNITY, Kind.VILLAGE, Kind.COMMUNITY_LIKE),
    Level.COMPOUND: (
        Kind.ESTATE, Kind.OLD_COURTYARD, Kind.RURAL_CLUSTER, Kind.RURAL_SCATTERED, Kind.SHANTY, Kind.URBAN_VILLAGE,
    ),
    Level.GRID: (Kind.GRID,),
}  # fmt: skip

# Twelve digits, filled with zeros from the right (GB/T 2260, GB/T 10114 and the list of the National Bureau of
# Statistics); compounds and grids carry a number of ours behind the code of their community.
CODES: dict[Level, str] = {
    Level.PROVINCE: r"^[1-9][0-9]0{10}$",
    Level.CITY: r"^[1-9][0-9](?!00)[0-9]{2}0{8}$",
    Level.DISTRICT: r"^[1-9][0-9]{3}(?!00)[0-9]{2}0{6}$",
    Level.STREET: r"^[1-9][0-9]{5}(?!000)[0-9]{3}000$",
    Level.COMMUNITY: r"^[1-9][0-9]{11}$",
    Level.COMPOUND: r"^[1-9][0-9]{11}-X[0-9]{3,4}$",
    Level.GRID: r"^[1-9][0-9]{11}-G[0-9]{3,4}$",
}


class Character(models.TextChoices):
    """What sort of place a community is (R030): plans, standards and indicators may differ by it."""

    URBAN = "urban", _("Urban")
    RURAL = "rural", _("Rural")
    # Translators: 城乡结合部
    FRINGE = "fringe", _("Urban–rural fringe")
    # Translators: 新建社区
    NEW = "new", _("New")
    # Translators: 产业社区
    INDUSTRIAL = "industrial", _("Industrial")
    # Translators: 国际化社区
    INTERNATIONAL = "international", _("International")
    # Translators: 公园社区
    PARK = "park", _("Park")


def _one_of(table: dict[Level, Any], field: str, lookup: str) -> Q:
    known = Q(pk__isnull=True)
    for level, allowed in table.items():
        known |= Q(level=level, **{f"{field}__{lookup}": allowed})
    return known


def face_constraints(table: str) -> list[models.CheckConstraint]:
    """What holds for a unit today and on any past day alike."""
    kinds = {level: [str(kind) for kind in allowed] for level, allowed in KINDS.items()}
    rootless = Q(parent__isnull=True, parent_level__isnull=True, level__lte=Level.CITY)
    below = Q(parent__isnull=False, parent_level__isnull=False, parent_level__lt=F("level"))
    check = models.CheckConstraint
    return [
        check(name=f"{table}_code_fits_its_level", condition=_one_of(CODES, "code", "regex")),
        check(name=f"{table}_kind_fits_its_level", condition=_one_of(kinds, "kind", "in")),
        check(name=f"{table}_parent_stands_above_it", condition=rootless | below),
        check(
            name=f"{table}_character_is_of_communities",
            condition=Q(character="") | Q(character__in=Character.values, level=Level.COMMUNITY),
        ),
        not_blank(f"{table}_has_a_chinese_name", "name_zh"),
    ]


def kind_name(face: "Face") -> str:
    """The legal form in words. Lists show it for each row, and Django's own method hashes and translates every choice
    for each of them, which was a fifth of a page of search."""
    return str(Kind(face.kind).label)


def character_name(face: "Face") -> str:
    """The type of community in words, as lightly."""
    return str(Character(face.character).label) if face.character else ""


class Face(models.Model):
    """What a unit looks like: the columns that ``Unit`` (today) and ``UnitSpan`` (any day) share."""

    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    code = models.CharField(_("division code"), max_length=20)
    kind = models.CharField(_("legal form"), max_length=20, choices=Kind.choices)
    character = models.CharField(_("type of community"), max_length=20, choices=Character.choices, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    # The database holds (parent, parent_level) -> (id, level): so a parent of the same or a lower level, and with it
    # every cycle, is impossible. Django's own single-column key would only cost a second look-up per row.
    parent = models.ForeignKey(
        "territory.Unit", models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    parent_level = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name_zh} ({self.code})"

    @property
    def name(self) -> str:
        """The name in the reader's language; English falls back to the Chinese name."""
        return self.name_en if self.name_en and not (get_language() or "zh").startswith("zh") else self.name_zh


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, actor: "Actor") -> Self:
        """Territory is public: everyone sees every unit."""
        return self

    def existing_on(self, day: date) -> Self:
        """Units that existed on the day (their names may have been others: ask ``queries.units_on``)."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day), opened_on__lte=day)

    def inside(self, unit: "Unit") -> Self:
        """The unit and everything below it today, in one index range."""
        return self.filter(path__startswith=unit.path)


class Unit(Face):
    """A unit of territory: its identity, its life, and what it looks like today."""

    code = models.CharField(_("division code"), max_length=20, unique=True)
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    # Ids from the root down to the unit itself, "/1/5/9/": what lies below a unit is one prefix.
    path = models.CharField(max_length=120, editable=False)
    opened_on = models.DateField(_("exists since"), help_text=_("First day known to this register."))
    closed_on = models.DateField(_("exists until"), null=True, blank=True, help_text=_("First day without the unit."))

    objects = UnitQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["level", "pinyin", "id"]
        constraints = [
            *face_constraints("unit"),
            # Target of the composite keys (parent, parent_level), (unit, level) of other tables.
            models.UniqueConstraint(fields=["id", "level"], name="unit_id_with_level_is_unique"),
            models.CheckConstraint(
                name="unit_closes_after_it_opened",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
            ),
            models.CheckConstraint(name="unit_path_is_a_path", condition=Q(path__regex=r"^/([1-9][0-9]*/)+$")),
        ]
        indexes = [
            models.Index(fields=["parent", "pinyin", "id"], name="unit_children"),  # what hangs from a unit
            models.Index(fields=["path"], name="unit_subtree", opclasses=["varchar_pattern_ops"]),  # inside()
            models.Index(fields=["level", "pinyin", "id"], name="unit_by_level"),  # unit lists, page by page
        ]

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the front names the page; imported late because models load before URLs

        return reverse("unit", args=[self.code])

    def get_kind_display(self) -> str:  # type: ignore[no-redef]  # the plugin makes one from the choices
        return kind_name(self)

    def get_character_display(self) -> str:  # type: ignore[no-redef]
        return character_name(self)

    @property
    def unit_id(self) -> int:
        """Lets a page show units and spans alike."""
        return self.pk

    @property
    def unit(self) -> "Unit":
        return self

    @property
    def path_ids(self) -> list[int]:
        """Ids from the root to the unit itself."""
        return [int(part) for part in self.path.strip("/").split("/") if part]

    def exists_on(self, day: date) -> bool:
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)


def _tokens_as_vector(field: str) -> Func:
    """Search vector from ready-made tokens. ``to_tsvector`` would split Chinese by the server's locale; this cannot."""
    template = "array_to_tsvector(string_to_array(%(expressions)s, ' '))"
    return Func(F(field), template=template, output_field=SearchVectorField())


class UnitSpan(Face):
    """What a unit was during a period. Periods of one unit never overlap and together make up its life."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="spans", db_constraint=False)
    during = during()
    opened_by = models.ForeignKey("territory.UnitChange", models.PROTECT, related_name="+")
    closed_by = models.ForeignKey("territory.UnitChange", models.PROTECT, null=True, blank=True, related_name="+")
    search_text = models.TextField(editable=False)
    search = models.GeneratedField(
        expression=_tokens_as_vector("search_text"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        ordering = ["unit_id", "during"]
        constraints = [
            *face_constraints("span"),
            real_period("span_has_a_real_period"),
            no_overlap_of_many("span_of_a_unit_never_overlaps", "unit"),
            models.CheckConstraint(
                name="span_search_text_is_tokens", condition=Q(search_text__regex=r"^(\S+( \S+)*)?$")
            ),
            models.CheckConstraint(
                name="span_with_an_end_says_which_change_ended_it",
                condition=Q(during__upper_inf=True, closed_by__isnull=True)
                | Q(during__upper_inf=False, closed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["parent", "unit"], name="span_children"),  # queries.children on a past day
            models.Index(fields=["code"], name="span_code", opclasses=["varchar_pattern_ops"]),  # former codes
            models.Index(fields=["name_zh"], name="span_name", opclasses=["varchar_pattern_ops"]),  # exact and prefix
            GinIndex(fields=["search"], name="span_search"),  # queries.search_units
        ]

    def get_kind_display(self) -> str:  # type: ignore[no-redef]  # the plugin makes one from the choices
        return kind_name(self)

    def get_character_display(self) -> str:  # type: ignore[no-redef]
        return character_name(self)

    @property
    def pinyin(self) -> str:
        return self.unit.pinyin
