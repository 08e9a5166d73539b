"""Bodies and their history. ``Body`` carries what is true now; each change appends what the body became."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies.engine.codes import SHAPE
from liren.foundation.bodies.models.constraints import Named, during, in_words, known, not_blank, real_period
from liren.foundation.bodies.models.kinds import BodyKind, Part, Place, Registration, Work

if TYPE_CHECKING:
    from liren.foundation.kernel.rights import Actor

#: Columns that a change may give another value; the rest of a body stays as it was founded.
FACE = (
    "kind", "name_zh", "name_en", "unit_id", "parent_id", "zone_id", "uscc", "registration", "works", "part", "place",
    "remit_zh", "remit_en", "telephone", "address",
)  # fmt: skip
SELF_GOVERNING = (BodyKind.COMMITTEE, BodyKind.PARTY_ORGANISATION)


class BodyQuerySet(models.QuerySet["Body"]):
    def visible_to(self, actor: Actor) -> Self:
        """Bodies are public: everyone sees what they are and what they are there for."""
        return self

    def living_on(self, day: date) -> Self:
        """Bodies that existed on the day."""
        return self.filter(during__contains=day)


class Body(Named):
    """A body that acts in one unit of territory and in what lies below it."""

    kind = models.CharField(_("kind"), max_length=30, choices=BodyKind.choices)
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    zone = models.ForeignKey("territory.Zone", models.PROTECT, null=True, blank=True, related_name="+")
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    registration = models.CharField(
        _("registration"), max_length=12, choices=Registration.choices, default=Registration.NONE
    )
    works = ArrayField(
        models.CharField(max_length=20, choices=Work.choices),
        verbose_name=_("fields of work"),
        default=list,
        blank=True,
    )
    part = models.CharField(_("part in self-government"), max_length=12, choices=Part.choices, blank=True)
    place = models.CharField(_("kind of place"), max_length=20, choices=Place.choices, blank=True)
    remit_zh = models.TextField(_("what it is there for"), blank=True)
    remit_en = models.TextField(blank=True)
    telephone = models.CharField(_("office telephone"), max_length=30, blank=True)
    address = models.CharField(_("address of the office"), max_length=200, blank=True)
    during = during()
    instrument = models.CharField(_("document"), max_length=300)
    is_simulated = models.BooleanField(default=False)
    search_text = models.TextField(editable=False)
    search = models.GeneratedField(
        expression=Func(
            F("search_text"),
            template="array_to_tsvector(string_to_array(%(expressions)s, ' '))",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects: ClassVar[models.Manager[Body]] = BodyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "bodies"
        ordering = ["pinyin", "id"]
        constraints = [
            real_period("body_has_a_real_period"),
            known("body_kind_is_known", "kind", BodyKind.values),
            known("body_registration_is_known", "registration", Registration.values),
            known("body_part_is_known", "part", Part.values, blank=True),
            known("body_place_is_known", "place", Place.values, blank=True),
            not_blank("body_has_a_chinese_name", "name_zh"),
            not_blank("body_names_its_document", "instrument"),
            models.CheckConstraint(
                name="body_works_in_known_fields", condition=Q(works__contained_by=list(map(str, Work.values)))
            ),
            models.CheckConstraint(name="body_is_not_its_own_parent", condition=~Q(parent=F("id"))),
            models.CheckConstraint(
                name="body_code_has_eighteen_characters", condition=Q(uscc="") | Q(uscc__regex=f"^{SHAPE}$")
            ),
            models.CheckConstraint(
                name="body_with_a_code_is_registered", condition=Q(uscc="") | Q(registration=Registration.REGISTERED)
            ),
            models.UniqueConstraint(name="body_code_is_borne_once", fields=["uscc"], condition=~Q(uscc="")),
            models.CheckConstraint(
                name="body_with_a_part_governs_itself", condition=Q(part="") | Q(kind__in=SELF_GOVERNING)
            ),
            models.CheckConstraint(
                name="body_in_a_new_field_is_a_party_organisation",
                condition=Q(place="") | Q(kind=BodyKind.PARTY_ORGANISATION),
            ),
            models.CheckConstraint(
                name="body_sub_committee_has_a_parent",
                condition=~Q(kind=BodyKind.SUB_COMMITTEE) | Q(parent__isnull=False),
            ),
            models.CheckConstraint(
                name="body_search_text_is_tokens", condition=Q(search_text__regex=r"^(\S+( \S+)*)?$")
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "kind", "pinyin", "id"], name="body_of_unit"),  # who acts in a unit, by kind
            models.Index(fields=["pinyin", "id"], name="body_by_name"),  # the list, page by page
            GinIndex(fields=["search"], name="body_search"),  # queries.bodies(q=…)
        ]

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the front names the page; imported late because models load before URLs

        return reverse("body", args=[self.pk])

    @property
    def remit(self) -> str:
        """What it is there for, in the reader's language."""
        return in_words(self, "remit")

    @property
    def founded_on(self) -> date:
        return self.during.lower

    @property
    def ends_on(self) -> date | None:
        """The first day without it; None while no end is set."""
        return self.during.upper

    @property
    def is_over(self) -> bool:
        """Whether it exists no more today."""
        return self.during.upper is not None and self.during.upper <= timezone.localdate()

    @property
    def work_names(self) -> list[str]:
        """Its fields of work in words."""
        return [str(Work(code).label) for code in self.works if code in Work.values]


class ChangeKind(models.TextChoices):
    FOUNDED = "founded", _("Founded")
    CHANGED = "changed", _("Changed")
    # Translators: 登记、备案或注销登记
    REGISTERED = "registered", _("Registration changed")
    DISSOLVED = "dissolved", _("Dissolved")


class BodyChange(models.Model):
    """What a body became by one decision. Append-only: the story from its founding to its end."""

    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    effective_on = models.DateField(_("effective on"))
    instrument = models.CharField(_("document"), max_length=300)
    actor = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    # Every column of FACE as it stood behind the change, ids as numbers: readable without the rows it names.
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["body_id", "id"]
        constraints = [
            known("body_change_kind_is_known", "kind", ChangeKind.values),
            not_blank("body_change_names_its_document", "instrument"),
            not_blank("body_change_names_its_actor", "actor"),
            models.UniqueConstraint(name="body_is_founded_once", fields=["body"], condition=Q(kind=ChangeKind.FOUNDED)),
            models.UniqueConstraint(
                name="body_is_dissolved_once", fields=["body"], condition=Q(kind=ChangeKind.DISSOLVED)
            ),
        ]
        indexes = [models.Index(fields=["body", "effective_on", "id"], name="body_change_of_body")]  # its history

    def __str__(self) -> str:
        return f"{self.kind} {self.effective_on}"
