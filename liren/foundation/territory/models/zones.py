"""Functional zones laid over the tree (R031): an address lies in a community and, perhaps, in a zone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.ranges import no_overlap
from liren.foundation.territory.models.constraints import during, not_blank, real_period


class ZoneKind(models.TextChoices):
    # Translators: 产业功能区
    INDUSTRIAL = "industrial", _("Industrial functional zone")
    # Translators: 商圈
    BUSINESS = "business", _("Business district")
    # Translators: 景区、公园
    SCENIC = "scenic", _("Park or scenic area")
    # Translators: 校区、科教区
    CAMPUS = "campus", _("Campus")
    OTHER = "other", _("Other zone")


class Zone(models.Model):
    """A zone with a managing body of its own; it crosses the borders of units freely."""

    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ZoneKind.choices)
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    managing_body = models.CharField(_("managing body"), max_length=200)
    during = during()

    class Meta:
        ordering = ["slug"]
        constraints = [
            real_period("zone_has_a_real_period"),
            models.CheckConstraint(name="zone_kind_is_known", condition=Q(kind__in=ZoneKind.values)),
            models.CheckConstraint(name="zone_slug_is_a_slug", condition=Q(slug__regex=r"^[a-z0-9][a-z0-9-]*$")),
            not_blank("zone_has_a_chinese_name", "name_zh"),
            not_blank("zone_names_its_managing_body", "managing_body"),
        ]

    def __str__(self) -> str:
        return self.name_zh

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the front names the page; imported late because models load before URLs

        return reverse("zone", args=[self.slug])

    @property
    def name(self) -> str:
        return self.name_en if self.name_en and not (get_language() or "zh").startswith("zh") else self.name_zh


class ZoneUnit(models.Model):
    """A unit lies, wholly or partly, in a zone during a period. It may lie in several zones at once."""

    zone = models.ForeignKey("territory.Zone", models.PROTECT, related_name="memberships")
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="zone_memberships")
    during = during()
    whole = models.BooleanField(_("lies wholly inside"), default=True)

    class Meta:
        ordering = ["zone_id", "unit_id"]
        constraints = [
            real_period("zone_unit_has_a_real_period"),
            no_overlap("unit_is_put_in_a_zone_once_at_a_time", "zone", "unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.zone_id}"
