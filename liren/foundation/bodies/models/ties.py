"""What ties bodies to each other and to places: membership, pairing, liaison, extended authority, strands of work."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies.models.constraints import during, in_words, known, name_kept, not_blank, real_period
from liren.foundation.kernel.ranges import no_overlap


class MemberRole(models.TextChoices):
    # Translators: 牵头（组长、主任）单位
    CHAIR = "chair_unit", _("Chairing unit")
    MEMBER = "member", _("Member unit")
    OBSERVER = "observer", _("Observer")
    # Translators: 业务指导单位
    GUIDE = "guide", _("Guiding department")


class MembershipOfBody(models.Model):
    """A body belongs to another one: a department to a commission, an organisation to a federation (R001, R184)."""

    whole = models.ForeignKey("bodies.Body", models.PROTECT, related_name="memberships")
    member = models.ForeignKey("bodies.Body", models.PROTECT, related_name="belongs_to")
    role = models.CharField(_("role"), max_length=12, choices=MemberRole.choices, default=MemberRole.MEMBER)
    during = during()
    instrument = models.CharField(_("document"), max_length=300)

    class Meta:
        verbose_name_plural = "memberships of bodies"
        ordering = ["whole_id", "id"]
        constraints = [
            real_period("membership_has_a_real_period"),
            no_overlap("membership_of_one_body_never_overlaps", "whole", "member"),
            known("membership_role_is_known", "role", MemberRole.values),
            not_blank("membership_names_its_document", "instrument"),
            models.CheckConstraint(name="membership_is_of_another_body", condition=~Q(whole=F("member"))),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.whole_id}"


class Pairing(models.Model):
    """A resident unit and a community are paired: what was agreed (R015); what came of it are its deliveries."""

    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="pairings")
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    agreed_zh = models.TextField(_("agreed contributions"))
    agreed_en = models.TextField(blank=True)
    during = during()
    instrument = models.CharField(_("document"), max_length=300)

    class Meta:
        ordering = ["body_id", "id"]
        constraints = [
            real_period("pairing_has_a_real_period"),
            no_overlap("pairing_of_two_never_overlaps", "body", "unit"),
            not_blank("pairing_says_what_was_agreed", "agreed_zh"),
            not_blank("pairing_names_its_document", "instrument"),
        ]
        indexes = [models.Index(fields=["unit", "id"], name="pairing_of_unit")]  # the unit's page

    def __str__(self) -> str:
        return f"{self.body_id} with {self.unit_id}"

    @property
    def agreed(self) -> str:
        return in_words(self, "agreed")


class Delivery(models.Model):
    """What a paired body did for the community on a day. Append-only."""

    pairing = models.ForeignKey("bodies.Pairing", models.PROTECT, related_name="deliveries")
    delivered_on = models.DateField(_("delivered on"))
    what_zh = models.TextField(_("what was delivered"))
    what_en = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["pairing_id", "-delivered_on", "-id"]
        constraints = [
            not_blank("delivery_says_what_was_delivered", "what_zh"),
            not_blank("delivery_names_its_recorder", "recorded_by"),
        ]

    def __str__(self) -> str:
        return f"{self.pairing_id} {self.delivered_on}"

    @property
    def what(self) -> str:
        return in_words(self, "what")


class Liaison(models.Model):
    """Who speaks for a mass organisation, or another body, in a unit: a public name and an office telephone (R004)."""

    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="liaisons")
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    name = models.CharField(_("name as published"), max_length=60, blank=True)
    telephone = models.CharField(_("office telephone"), max_length=30, blank=True)
    during = during()
    forgotten_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["body_id", "id"]
        constraints = [
            real_period("liaison_has_a_real_period"),
            no_overlap("liaison_of_a_body_in_a_unit_never_overlaps", "body", "unit"),
            models.CheckConstraint(
                name="liaison_has_a_name", condition=Q(name__regex=r"\S") | Q(forgotten_on__isnull=False)
            ),
            name_kept("liaison_keeps_its_name_for_ten_years"),
        ]
        indexes = [models.Index(fields=["unit", "id"], name="liaison_of_unit")]  # the unit's page

    def __str__(self) -> str:
        return f"{self.body_id} in {self.unit_id}"


class Power(models.TextChoices):
    """Authority that may be extended to a street or town: three named fields (R009) and the four powers (R008)."""

    # Translators: 农村发展
    RURAL_DEVELOPMENT = "rural_development", _("Rural development")
    # Translators: 公共服务
    PUBLIC_SERVICES = "public_services", _("Public services")
    # Translators: 安全生产
    WORK_SAFETY = "work_safety", _("Work safety")
    # Translators: 对部门派出机构的日常管理权
    DISPATCHED_UNITS = "dispatched_units", _("Daily management of dispatched department units")
    # Translators: 区域内规划参与权
    PLANNING = "planning", _("Taking part in planning")
    # Translators: 综合管理权
    MANAGEMENT = "comprehensive_management", _("Comprehensive management")
    # Translators: 关系民生的重大决策建议权
    ADVICE = "livelihood_advice", _("Recommendation on major livelihood decisions")
    OTHER = "other", _("Other authority")


class Authority(models.Model):
    """Authority that was extended to a street or town, with the document and the day (R008, R009)."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    power = models.CharField(_("authority"), max_length=30, choices=Power.choices)
    from_body = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    during = during()
    instrument = models.CharField(_("document"), max_length=300)

    class Meta:
        verbose_name_plural = "authorities"
        ordering = ["unit_id", "power", "id"]
        constraints = [
            real_period("authority_has_a_real_period"),
            known("authority_is_known", "power", Power.values),
            not_blank("authority_names_its_document", "instrument"),
            models.CheckConstraint(
                name="authority_of_another_sort_says_which", condition=~Q(power=Power.OTHER) | Q(detail__regex=r"\S")
            ),
        ]
        indexes = [models.Index(fields=["unit", "power"], name="authority_of_unit")]  # the unit's page, the rule

    def __str__(self) -> str:
        return f"{self.unit_id} {self.power}"


class Line(models.TextChoices):
    """The five strands of work in a community that run side by side (R017)."""

    # Translators: 党员线（以党组织为单位登记）
    ORGANISATION = "organisation", _("Party organisation")
    # Translators: 自治线
    SELF_GOVERNMENT = "self_government", _("Self-government")
    # Translators: 社团线
    ASSOCIATIONS = "associations", _("Associations")
    # Translators: 志愿线
    VOLUNTEERS = "volunteers", _("Volunteers")
    # Translators: 服务线
    SERVICES = "services", _("Services")


class Strand(models.Model):
    """Which body leads one of the five strands in a community."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    line = models.CharField(_("strand"), max_length=16, choices=Line.choices)
    place = models.PositiveSmallIntegerField(editable=False)  # of the line among the five: what the index compares
    lead = models.ForeignKey("bodies.Body", models.PROTECT, related_name="+")
    during = during()

    class Meta:
        ordering = ["unit_id", "place"]
        constraints = [
            real_period("strand_has_a_real_period"),
            models.CheckConstraint(
                name="strand_is_one_of_five",
                condition=Q(*(Q(line=line, place=place) for place, line in enumerate(Line.values)), _connector=Q.OR),
            ),
            no_overlap("strand_has_one_lead_at_a_time", "unit", "place"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.line}"
