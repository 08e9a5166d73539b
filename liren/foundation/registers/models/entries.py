"""Entries and their history. ``Entry`` is the latest line of the story, ``EntryChange`` is the story.

Entries follow their units by id: what lies below a unit is asked of today's tree, and no path is copied here.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.registers.models import declared
from liren.foundation.territory.models import Level, Unit

#: The power without which a register is not known to exist; one of everybody's needs none.
POWERS = {"workers": "registers.read", "sealed": "registers.unseal"}
# The first entries of each unit of a small part of the territory.
CLOSE = """
registers_entry.id = ANY(ARRAY(SELECT found.id FROM territory_unit AS near CROSS JOIN LATERAL ({rows}) AS found (id)
    WHERE near.path LIKE %s))
"""


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, actor: Any) -> EntryQuerySet:
        """Everybody's registers whole; those for workers and sealed ones where the actor holds the power to read them.

        Which fields of a sealed entry are read, and that each look is logged, is the matter of the services.
        """
        by_reach = declared.ids_by_visibility()
        seen = Q(register__in=by_reach["public"])
        for reach, power in POWERS.items():
            if by_reach[reach]:
                seen |= Q(register__in=by_reach[reach]) & inside(paths_of(actor, power))
        return self.filter(seen)

    def visible_in(self, register: declared.Register, actor: Any) -> EntryQuerySet:
        """The same of one register, without a word of all others, which would cost more than the entries.

        To the planner it is a register like any other: one that was imported today is not in its statistics, so it
        would take it for empty and go through all of it for the few entries of a unit.
        """
        rows = self.filter(register=RawSQL("SELECT %s::bigint", [register.pk]))
        power = POWERS.get(register.spec.visible)
        return rows if power is None else rows.filter(inside(paths_of(actor, power)))

    def inside(self, unit: Unit) -> EntryQuerySet:
        """Entries of the unit and of everything that lies below it today."""
        return self.filter(unit__path__startswith=unit.path)

    def close_by(self, unit: Unit) -> EntryQuerySet:
        """The same for a street or less. The planner takes a subtree for more than it is, and would rather go through
        every entry of the city; of an array it expects little, and asks the index of each unit.
        """
        return self.extra(  # type: ignore[return-value]  # the stubs forget the class
            where=["registers_entry.unit_id = ANY(ARRAY(SELECT id FROM territory_unit WHERE path LIKE %s))"],
            params=[f"{unit.path}%"],
        )

    def within(self, unit: Unit, *, first: int | None = None) -> EntryQuerySet:
        """Entries of one register, chosen already (``visible_in``), of the unit and of everything below it today.

        In a street or less each unit is asked for its own. ``first``: enough of them for a list by name of so many,
        however many there are.
        """
        if unit.level < Level.STREET:
            return self.inside(unit)
        if first is None:
            return self.close_by(unit)
        rows = self.extra(where=["registers_entry.unit_id = near.id"]).order_by("pinyin", "id").values("pk")[:first]
        try:
            sql, params = rows.query.sql_with_params()
        except EmptyResultSet:  # nothing there is this actor's
            return self.none()
        where, given = [CLOSE.format(rows=sql)], [*params, f"{unit.path}%"]
        return self.model.objects.extra(where=where, params=given)  # noqa: S610  (ours)

    def open_on(self, day: date) -> EntryQuerySet:
        """Entries in force on the day."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def hung_on(self, day: date) -> EntryQuerySet:
        """With ``then``: the id of the unit on which each hung at the end of a day that is past. What was entered later
        hung, as far as anybody knows, where it was entered: its unit may not have existed on the day."""
        evening = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
        story = EntryChange.objects.filter(entry=models.OuterRef("pk")).values("unit_id")
        known, first = story.filter(at__lt=evening).order_by("-id")[:1], story.order_by("id")[:1]
        either = models.Subquery(known), models.Subquery(first), F("unit_id")
        return self.annotate(then=Coalesce(*either, output_field=models.BigIntegerField()))


class Facts(models.Model):
    """What an entry says: shared by the entry and by each line of its history.

    The database looks both keys up for the entry alone: a line of its history says what the entry said.
    """

    written_as = models.ForeignKey(
        "policy.DeclarationVersion", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    name_zh = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    values = models.JSONField(default=dict)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    opened_on = models.DateField(_("since"), null=True, blank=True)
    closed_on = models.DateField(_("until"), null=True, blank=True)
    reviewed_on = models.DateField(_("reviewed on"))

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the reader's language; English falls back to the Chinese name."""
        return self.name_en if self.name_en and not (get_language() or "zh").startswith("zh") else self.name_zh


#: The columns of ``Facts``, in one order for SQL.
FACTS = (
    "written_as_id", "unit_id", "name_zh", "name_en", "values", "lon", "lat", "opened_on", "closed_on", "reviewed_on",
)  # fmt: skip


def _is_object(column: str) -> Exact:
    return Exact(Func(F(column), function="jsonb_typeof", output_field=models.TextField()), Value("object"))


def facts_constraints(table: str) -> list[models.CheckConstraint]:
    """What holds for an entry and for every line of its history."""
    check = models.CheckConstraint
    return [
        check(name=f"{table}_has_a_chinese_name", condition=Q(name_zh__regex=r"\S")),
        check(name=f"{table}_values_are_an_object", condition=_is_object("values")),
        check(
            name=f"{table}_place_has_both_coordinates",
            condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
        ),
        check(
            name=f"{table}_place_is_on_earth",
            condition=Q(lon__isnull=True) | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
        ),
        check(
            name=f"{table}_closes_after_it_opened",
            condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
        ),
    ]


class Entry(Facts):
    """An entry of a register as it is now. ``number`` is its short public name within the register."""

    # The database looks it up with the version: (written_as, register) is one key of the versions.
    register = models.ForeignKey(
        "policy.Declaration", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    pinyin = models.CharField(max_length=200, editable=False)
    search = SearchVectorField(editable=False)
    changed_at = models.DateTimeField()

    objects: ClassVar[Any] = EntryQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        constraints = [
            *facts_constraints("entry"),
            models.UniqueConstraint(fields=["register", "number"], name="entry_number_is_given_once"),
            models.CheckConstraint(name="entry_number_starts_at_one", condition=Q(number__gte=1)),
        ]
        indexes = [
            models.Index(fields=["register", "pinyin", "id"], name="entry_list"),  # queries.entries, page by page
            # queries.entries of a small unit; the import looks for a name in its unit; entries of a unit's page
            models.Index(fields=["unit", "register", "pinyin", "id"], name="entry_of_unit"),
            models.Index(fields=["register", "reviewed_on", "id"], name="entry_stale"),  # queries.stale
            # shelf.sizes: a register has given out so many numbers, less what is closed
            models.Index(fields=["register", "closed_on"], name="entry_closed", condition=Q(closed_on__isnull=False)),
            GinIndex(fields=["search"], name="entry_search"),  # queries.entries(q=…)
            # queries.features inside a frame of the map
            models.Index(fields=["register", "lon", "lat"], name="entry_on_map", condition=Q(lon__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.register_id}/{self.number} {self.name_zh}"

    def is_open_on(self, day: date) -> bool:
        return self.closed_on is None or self.closed_on > day


class ChangeKind(models.TextChoices):
    CREATED = "created", _("Entered")
    CHANGED = "changed", _("Changed")
    # Translators: 核对无误
    REVIEWED = "reviewed", _("Found right")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")
    IMPORTED = "imported", _("Imported")


class EntryChange(Facts):
    """What an entry was from a moment on, who said so, and how. Appended, never changed."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="changes", db_index=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    note = models.CharField(max_length=200, blank=True)
    batch = models.ForeignKey("registers.ImportBatch", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            *facts_constraints("entry_change"),
            models.CheckConstraint(name="entry_change_kind_is_known", condition=Q(kind__in=ChangeKind.values)),
            models.CheckConstraint(
                name="entry_change_of_an_import_names_its_batch",
                condition=Q(kind=ChangeKind.IMPORTED, batch__isnull=False)
                | (~Q(kind=ChangeKind.IMPORTED) & Q(batch__isnull=True)),
            ),
            models.CheckConstraint(name="entry_change_names_its_actor", condition=~Q(actor="")),
        ]
        indexes = [models.Index(fields=["entry", "-id"], name="entry_change_story")]  # queries.history, entry_on

    def __str__(self) -> str:
        return f"{self.entry_id} {self.kind} {self.at:%Y-%m-%d}"


class Look(models.Model):
    """Somebody opened a sealed entry or a sealed field, and why. Appended, never changed."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", db_index=False)
    actor = models.CharField(max_length=100)
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="look_states_a_purpose", condition=Q(purpose__regex=r"\S"))]
        indexes = [models.Index(fields=["entry", "-id"], name="look_at_entry")]  # queries.looks

    def __str__(self) -> str:
        return f"{self.entry_id} {self.actor} {self.at:%Y-%m-%d}"
