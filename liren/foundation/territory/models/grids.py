"""Grids and who answers for them (R028, R029). By schema: places, rules and contacts; nothing about households."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.ranges import no_overlap
from liren.foundation.territory.models.constraints import during, not_blank, real_period
from liren.foundation.territory.models.units import Level


class GridProfile(models.Model):
    """What a grid works with during a period, so that one grid serves all departments.

    Its boundary is a ``Boundary``, its number of households a ``Population``, its team the mandates in ``people``.
    """

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="grid_profiles", db_constraint=False)
    level = models.PositiveSmallIntegerField(default=Level.GRID, editable=False)
    during = during()
    systems = ArrayField(models.CharField(max_length=100), verbose_name=_("information systems used"), size=20)
    rules = models.CharField(_("rules"), max_length=500, help_text=_("Document or address where the rules stand."))
    rules_url = models.URLField(_("address of the rules"), max_length=500, blank=True)
    extent = models.TextField(_("extent in words"), blank=True)

    class Meta:
        ordering = ["unit_id", "during"]
        constraints = [
            real_period("grid_profile_has_a_real_period"),
            no_overlap("grid_profile_never_overlaps", "unit"),
            models.CheckConstraint(name="grid_profile_is_of_grids", condition=Q(level=Level.GRID)),
            not_blank("grid_profile_names_its_rules", "rules"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.during}"


class SubjectKind(models.TextChoices):
    # Translators: 楼栋
    BUILDING = "building", _("Building")
    # Translators: 社会组织
    ORGANISATION = "organisation", _("Social organisation")


class ServiceSubject(models.Model):
    """A building or a social organisation that should have a named service contact (grids are units already)."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="service_subjects")
    kind = models.CharField(_("kind"), max_length=12, choices=SubjectKind.choices)
    name_zh = models.CharField(_("name"), max_length=200)
    during = during()

    class Meta:
        ordering = ["unit_id", "kind", "id"]
        constraints = [
            real_period("service_subject_has_a_real_period"),
            models.CheckConstraint(name="service_subject_kind_is_known", condition=Q(kind__in=SubjectKind.values)),
            not_blank("service_subject_has_a_name", "name_zh"),
        ]

    def __str__(self) -> str:
        return self.name_zh


class ServiceContact(models.Model):
    """Who is to be asked about a grid, a building or an organisation: a post, a public name, an office telephone."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, null=True, blank=True, related_name="service_contacts")
    subject = models.ForeignKey(
        "territory.ServiceSubject", models.PROTECT, null=True, blank=True, related_name="contacts"
    )
    during = during()
    post = models.CharField(_("post"), max_length=100)
    name = models.CharField(_("name"), max_length=100)
    telephone = models.CharField(_("office telephone"), max_length=30, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            real_period("service_contact_has_a_real_period"),
            models.CheckConstraint(
                name="service_contact_is_for_a_unit_or_a_subject",
                condition=Q(unit__isnull=False, subject__isnull=True) | Q(unit__isnull=True, subject__isnull=False),
            ),
            no_overlap("service_contact_of_a_unit_never_overlaps", "unit", condition=Q(unit__isnull=False)),
            no_overlap("service_contact_of_a_subject_never_overlaps", "subject", condition=Q(subject__isnull=False)),
            not_blank("service_contact_has_a_name", "name"),
            not_blank("service_contact_has_a_post", "post"),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.name}"
