"""Compounds: how they are managed (R032), and proposals for new communities (R027)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.ranges import no_overlap
from liren.foundation.territory.models.constraints import during, not_blank, real_period
from liren.foundation.territory.models.units import Level


class ManagementForm(models.TextChoices):
    # Translators: 物业服务企业管理
    FIRM = "firm", _("Property firm")
    # Translators: 信托制物业
    TRUST = "trust", _("Trusteeship")
    # Translators: 业主（居民）自治管理
    SELF = "self", _("Managed by the residents")
    # Translators: 社区（村）托管
    COMMUNITY = "community", _("Looked after by the community")
    # Translators: 单位自管
    EMPLOYER = "employer", _("Managed by the employer that built it")
    # Translators: 无物业管理
    NONE = "none", _("No management")


class Management(models.Model):
    """How a compound is managed during a period, and by whom."""

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="managements", db_constraint=False)
    level = models.PositiveSmallIntegerField(default=Level.COMPOUND, editable=False)
    during = during()
    form = models.CharField(_("form of management"), max_length=12, choices=ManagementForm.choices)
    manager = models.CharField(_("managed by"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ["unit_id", "during"]
        constraints = [
            real_period("management_has_a_real_period"),
            no_overlap("management_never_overlaps", "unit"),
            models.CheckConstraint(name="management_is_of_compounds", condition=Q(level=Level.COMPOUND)),
            models.CheckConstraint(name="management_form_is_known", condition=Q(form__in=ManagementForm.values)),
            models.CheckConstraint(
                name="management_by_a_firm_names_the_firm",
                condition=~Q(form__in=[ManagementForm.FIRM, ManagementForm.TRUST]) | Q(manager__regex=r"\S"),
            ),
            not_blank("management_names_its_source", "source"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.form}"


class ProposalState(models.TextChoices):
    RAISED = "raised", _("Raised")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    # Translators: 已设立
    FORMED = "formed", _("Community founded")


class FormationProposal(models.Model):
    """A proposal to found a community for a compound whose occupancy reached the configured rate."""

    compound = models.ForeignKey(
        "territory.Unit", models.PROTECT, related_name="formation_proposals", db_constraint=False
    )
    level = models.PositiveSmallIntegerField(default=Level.COMPOUND, editable=False)
    occupancy = models.ForeignKey("territory.Occupancy", models.PROTECT, related_name="+")
    threshold_percent = models.PositiveSmallIntegerField(_("configured rate in percent"))
    state = models.CharField(max_length=12, choices=ProposalState.choices, default=ProposalState.RAISED)
    reason = models.TextField(_("reason"), blank=True)
    new_unit = models.ForeignKey("territory.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField(_("to be decided by"))

    class Meta:
        ordering = ["-raised_at", "id"]
        constraints = [
            models.CheckConstraint(name="proposal_is_for_compounds", condition=Q(level=Level.COMPOUND)),
            models.CheckConstraint(name="proposal_state_is_known", condition=Q(state__in=ProposalState.values)),
            models.CheckConstraint(
                name="proposal_threshold_is_a_percentage", condition=Q(threshold_percent__range=(0, 100))
            ),
            models.CheckConstraint(
                name="proposal_formed_names_the_new_community",
                condition=Q(state=ProposalState.FORMED, new_unit__isnull=False)
                | (~Q(state=ProposalState.FORMED) & Q(new_unit__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["compound"],
                condition=Q(state__in=[ProposalState.RAISED, ProposalState.ACCEPTED]),
                name="proposal_under_way_is_the_only_one_of_its_compound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.compound_id} {self.state}"


class FormationEvent(models.Model):
    """One step of a proposal; append-only."""

    proposal = models.ForeignKey("territory.FormationProposal", models.PROTECT, related_name="events")
    move = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, choices=ProposalState.choices)
    actor = models.CharField(max_length=100)
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["proposal_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="formation_event_state_is_known", condition=Q(to_state__in=ProposalState.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.move}"
