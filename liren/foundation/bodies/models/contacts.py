"""When deputies and delegates receive residents, and what came of it (R018). Topics are counted, nobody is named."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies.models.constraints import during, known, name_kept, not_blank, real_period


class DelegateKind(models.TextChoices):
    """两代表一委员: public offices, published with their names."""

    # Translators: 人大代表
    DEPUTY = "people_deputy", _("Deputy to the people's congress")
    # Translators: 党代表
    DELEGATE = "party_delegate", _("Party delegate")
    # Translators: 政协委员
    CONSULTATIVE = "cppcc_member", _("Member of the consultative conference")


class Topic(models.TextChoices):
    HOUSING = "housing", _("Housing and property")
    TRAFFIC = "traffic", _("Traffic and parking")
    ENVIRONMENT = "environment", _("Environment and cleanliness")
    SAFETY = "safety", _("Safety")
    CARE = "care", _("Care and welfare")
    HEALTH = "health", _("Health")
    EDUCATION = "education", _("Education")
    FACILITIES = "facilities", _("Public facilities")
    SERVICES = "services", _("Public services")
    OTHER = "other", _("Other matters")


class ContactArrangement(models.Model):
    """Which deputy, delegate or member receives residents of a unit, when and where."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    kind = models.CharField(_("office"), max_length=14, choices=DelegateKind.choices)
    level = models.PositiveSmallIntegerField(_("level of the congress or conference"))
    name = models.CharField(_("name as published"), max_length=60, blank=True)
    times = models.CharField(_("when"), max_length=200)
    where = models.CharField(_("where"), max_length=200)
    during = during()
    instrument = models.CharField(_("document"), max_length=300)
    forgotten_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["unit_id", "kind", "id"]
        constraints = [
            real_period("arrangement_has_a_real_period"),
            known("arrangement_office_is_known", "kind", DelegateKind.values),
            models.CheckConstraint(name="arrangement_level_is_known", condition=Q(level__range=(1, 5))),
            models.CheckConstraint(
                name="arrangement_has_a_name", condition=Q(name__regex=r"\S") | Q(forgotten_on__isnull=False)
            ),
            not_blank("arrangement_says_when", "times"),
            not_blank("arrangement_says_where", "where"),
            not_blank("arrangement_names_its_document", "instrument"),
            name_kept("arrangement_keeps_its_name_for_ten_years"),
        ]
        indexes = [models.Index(fields=["unit", "kind", "id"], name="arrangement_of_unit")]  # the unit's page

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind}"


class Reception(models.Model):
    """On one day: how often a topic was raised, and what came of it. Append-only, and nothing about who raised it."""

    arrangement = models.ForeignKey("bodies.ContactArrangement", models.PROTECT, related_name="receptions")
    held_on = models.DateField(_("held on"))
    topic = models.CharField(_("topic"), max_length=12, choices=Topic.choices)
    times_raised = models.PositiveSmallIntegerField(_("how often it was raised"))
    outcome = models.CharField(_("what came of it"), max_length=400, blank=True)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["arrangement_id", "-held_on", "id"]
        constraints = [
            known("reception_topic_is_known", "topic", Topic.values),
            models.CheckConstraint(name="reception_counts_from_one", condition=Q(times_raised__range=(1, 1000))),
        ]

    def __str__(self) -> str:
        return f"{self.arrangement_id} {self.held_on} {self.topic}"
