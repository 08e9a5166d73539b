"""Streets and lanes on the ground and their street chiefs (R034); not to be confused with streets as units."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.ranges import no_overlap
from liren.foundation.territory.models.constraints import during, not_blank, real_period


class Street(models.Model):
    """A street or lane, in the care of one unit."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="streets")
    name_zh = models.CharField(_("Chinese name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    start = models.CharField(_("starts at"), max_length=200, blank=True)
    end = models.CharField(_("ends at"), max_length=200, blank=True)
    length_m = models.PositiveIntegerField(_("length in metres"))
    opened_on = models.DateField(_("exists since"))
    closed_on = models.DateField(_("exists until"), null=True, blank=True)

    class Meta:
        ordering = ["pinyin", "id"]
        constraints = [
            not_blank("street_has_a_chinese_name", "name_zh"),
            models.CheckConstraint(name="street_length_is_plausible", condition=Q(length_m__range=(1, 500_000))),
            models.CheckConstraint(
                name="street_closes_after_it_opened",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
            ),
            models.UniqueConstraint(
                name="street_name_is_unique_in_its_unit",
                fields=["unit", "name_zh"],
                condition=Q(closed_on__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["unit", "pinyin", "id"], name="street_of_unit")]  # the street list of a unit

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> str:
        return self.name_en if self.name_en and not (get_language() or "zh").startswith("zh") else self.name_zh


class StreetChief(models.Model):
    """街长: the holder of a public post who answers for a street during a period; published by law of the office."""

    street = models.ForeignKey("territory.Street", models.PROTECT, related_name="chiefs")
    during = during()
    post = models.CharField(_("post"), max_length=100)
    name = models.CharField(_("name"), max_length=100)
    telephone = models.CharField(_("office telephone"), max_length=30)
    duties = models.TextField(_("duties"))
    sign_place = models.CharField(_("where the sign stands"), max_length=200, blank=True)

    class Meta:
        ordering = ["street_id", "during"]
        constraints = [
            real_period("street_chief_has_a_real_period"),
            no_overlap("street_has_one_chief_at_a_time", "street"),
            not_blank("street_chief_has_a_post", "post"),
            not_blank("street_chief_has_a_name", "name"),
            not_blank("street_chief_has_a_telephone", "telephone"),
            not_blank("street_chief_has_duties", "duties"),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.name}"
