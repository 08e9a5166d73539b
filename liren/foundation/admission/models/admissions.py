"""Applications and admissions. A row of ``Reach`` says: this community may be asked for this, on these days."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.admission.models.words import Outcome, Stand, WorkType
from liren.foundation.bodies.models.constraints import during, in_words, known, not_blank, real_period
from liren.foundation.kernel.ranges import no_overlap_of_many

#: Targets of the economy and of investment are never asked of streets and communities (R354).
ECONOMIC = (
    "招商引资|招商任务|引资任务|引税|协税护税|税收任务|财政收入指标|经济指标|经济增长指标|固定资产投资|产值指标|GDP"
)


class Asked(models.Model):
    """What an application asks for and an admission grants: the same columns in both."""

    work_type = models.CharField(_("kind of work"), max_length=12, choices=WorkType.choices)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200, blank=True)
    sender = models.ForeignKey("bodies.Body", models.PROTECT, related_name="+")
    basis = models.CharField(_("legal basis"), max_length=300)
    during = during()
    minutes_a_month = models.PositiveIntegerField(_("minutes of work a month in one community"))
    is_assistance = models.BooleanField(_("a matter in which the committee assists"), default=False)
    is_comprehensive = models.BooleanField(_("the one comprehensive award round"), default=False)
    money_fen = models.BigIntegerField(_("money for one community and year"), null=True, blank=True)
    conditions = models.TextField(_("conditions provided"), max_length=1000, blank=True)
    information = models.TextField(_("information support"), max_length=1000, blank=True)
    guide = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title_zh

    @property
    def title(self) -> str:
        """In the reader's language."""
        return in_words(self, "title")

    @property
    def is_supported(self) -> bool:
        """Whether all four supports are entered: money, conditions, information, guiding unit (R351)."""
        return bool(self.money_fen and self.conditions.strip() and self.information.strip() and self.guide_id)


def asked_constraints(table: str) -> list[models.BaseConstraint]:
    """What holds for an application and an admission alike."""
    check = models.CheckConstraint
    return [
        real_period(f"{table}_has_a_real_period"),
        known(f"{table}_work_is_known", "work_type", WorkType.values),
        not_blank(f"{table}_has_a_chinese_title", "title_zh"),
        not_blank(f"{table}_names_its_legal_basis", "basis"),
        not_blank(f"{table}_names_its_recorder", "recorded_by"),
        check(name=f"{table}_ends_some_day", condition=Q(during__upper_inf=False)),
        check(name=f"{table}_money_is_not_negative", condition=Q(money_fen__isnull=True) | Q(money_fen__gte=0)),
    ]


class Application(Asked):
    """A department asks to extend something to communities; its steps are those of a case (``case_id``, no key of the
    database, since cases stand above this room)."""

    case_id = models.BigIntegerField(unique=True)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    communities = models.ManyToManyField("territory.Unit", related_name="+")
    field_names = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    findings = models.JSONField(default=list)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    outcome_ground = models.TextField(max_length=2000, blank=True)
    session = models.CharField(_("joint meeting"), max_length=120, blank=True)
    decided_by = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            *asked_constraints("application"),
            known("application_outcome_is_known", "outcome", Outcome.values, blank=True),
            models.CheckConstraint(
                name="application_decided_has_ground_and_moment",
                condition=Q(outcome="", decided_at__isnull=True, decided_by="")
                | Q(decided_at__isnull=False, outcome_ground__regex=r"\S") & ~Q(outcome="") & ~Q(decided_by=""),
            ),
            # Who asks does not admit.
            models.CheckConstraint(
                name="application_is_decided_by_another",
                condition=Q(outcome__in=["", Outcome.WITHDRAWN])
                | ~Q(decided_by=F("recorded_by"))
                | Q(recorded_by__startswith="system:"),
            ),
        ]
        indexes = [
            # The joint meeting's list: what is not decided yet, the oldest first.
            models.Index(fields=["id"], name="application_open", condition=Q(outcome="")),
            models.Index(fields=["sender", "-id"], name="application_of_sender"),
        ]


class Hearing(models.Model):
    """What one community says of an application. Append-only; the last word of a community counts."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="hearings")
    community = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    stand = models.CharField(max_length=10, choices=Stand.choices)
    text = models.TextField(max_length=2000)
    said_by = models.CharField(max_length=100)
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["application_id", "id"]
        constraints = [
            known("hearing_stand_is_known", "stand", Stand.values),
            not_blank("hearing_says_something", "text"),
            not_blank("hearing_names_its_speaker", "said_by"),
        ]

    def __str__(self) -> str:
        return f"{self.community_id} {self.stand}"


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def visible_to(self, actor: Any) -> AdmissionQuerySet:
        """What may be asked of communities is public (R348: published)."""
        return self

    def holding_on(self, day: date) -> AdmissionQuerySet:
        """Active on the day."""
        return self.filter(during__contains=day, is_active=True)


class Admission(Asked):
    """What was admitted, by whom and until when. ``written_at`` is the database's own clock: nobody sets it."""

    application = models.OneToOneField(Application, models.PROTECT, null=True, blank=True, related_name="admission")
    item = models.ForeignKey("admission.ListItem", models.PROTECT, null=True, blank=True, related_name="+")
    session = models.CharField(_("joint meeting"), max_length=120)
    is_active = models.BooleanField(default=False)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=500, blank=True)
    is_simulated = models.BooleanField(default=False)
    written_at = models.DateTimeField(editable=False, null=True)
    # The title as the gate compares it (``engine.titles.plain``), by the database itself: nobody spells round it.
    plain_title = models.GeneratedField(
        expression=Func(F("title_zh"), function="admission_plain", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects: ClassVar[Any] = AdmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            *asked_constraints("admission"),
            not_blank("admission_names_the_joint_meeting", "session"),
            models.CheckConstraint(
                name="admission_of_assistance_is_supported_before_it_is_active",
                condition=Q(is_active=False)
                | Q(is_assistance=False)
                | Q(
                    money_fen__isnull=False,
                    money_fen__gt=0,
                    conditions__regex=r"\S",
                    information__regex=r"\S",
                    guide__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="admission_is_no_economic_target",
                condition=Q(is_active=False) | ~Q(plain_title__regex=ECONOMIC.lower()),
            ),
            models.CheckConstraint(
                name="admission_of_an_award_is_the_comprehensive_one",
                condition=~Q(work_type=WorkType.AWARD) | Q(is_comprehensive=True),
            ),
            models.CheckConstraint(
                name="admission_ended_says_why",
                condition=Q(ended_on__isnull=True) | Q(end_reason__regex=r"\S"),
            ),
        ]
        indexes = [
            models.Index(fields=["sender", "-id"], name="admission_of_sender"),  # who asked for what
        ]

    @property
    def starts_on(self) -> date:
        return self.during.lower

    @property
    def ends_on(self) -> date:
        """The first day without it."""
        return self.during.upper


class Reach(models.Model):
    """One admission in one community. The database fills in type, sender, days and the key of the matter."""

    admission = models.ForeignKey(Admission, models.PROTECT, related_name="reaches", db_index=False)
    community = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    work_type = models.CharField(max_length=12, editable=False, blank=True)
    during = during()
    matter = models.BigIntegerField(editable=False, default=0)

    class Meta:
        ordering = ["admission_id", "community_id"]
        constraints = [
            real_period("reach_has_a_real_period"),
            # The one look-up of the gate.
            models.UniqueConstraint(name="reach_names_a_community_once", fields=["admission", "community"]),
            no_overlap_of_many("reach_of_one_matter_never_overlaps", "matter"),
        ]
        indexes = [
            models.Index(fields=["community", "admission"], name="reach_of_community"),  # what may be asked of us
        ]

    def __str__(self) -> str:
        return f"{self.admission_id} in {self.community_id}"
