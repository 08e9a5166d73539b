"""What bodies did and what became of them, year by year and day by day. Counts and facts about organisations only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies.models.constraints import in_words, known, not_blank
from liren.foundation.bodies.models.ties import Line


class Measure(models.TextChoices):
    STAFF = "staff", _("Full-time staff")
    MEMBERS = "members", _("Members")
    # Translators: 专项经费（分）
    BUDGET = "budget_fen", _("Budget")


#: Measures that count people: from 1 to 4 they are not published.
PEOPLE = (Measure.STAFF, Measure.MEMBERS)


class Figure(models.Model):
    """A yearly figure of a body: how many staff and members, or its budget in fen. Append-only; names never."""

    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="figures")
    measure = models.CharField(_("measure"), max_length=12, choices=Measure.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    revision = models.PositiveSmallIntegerField(default=1)
    number = models.BigIntegerField(_("number"))
    source = models.CharField(_("source"), max_length=300)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["body_id", "measure", "year", "revision"]
        constraints = [
            known("figure_measure_is_known", "measure", Measure.values),
            models.UniqueConstraint(name="figure_is_said_once", fields=["body", "measure", "year", "revision"]),
            models.CheckConstraint(name="figure_year_is_plausible", condition=Q(year__range=(1949, 2200))),
            models.CheckConstraint(name="figure_is_not_negative", condition=Q(number__range=(0, 10**15))),
            not_blank("figure_names_its_source", "source"),
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.measure} {self.year}"


class EntryKind(models.TextChoices):
    """Steps of fostering and supervising a social organisation (R175, R185)."""

    # Translators: 获得扶持
    SUPPORT = "support", _("Support received")
    # Translators: 年度报告
    YEARLY_REPORT = "yearly_report", _("Yearly report handed in")
    # Translators: 抽查
    INSPECTION = "inspection", _("Inspection")
    # Translators: 收到对组织的投诉（只记事由，不记个人）
    COMPLAINT = "complaint", _("Complaint about the organisation")
    # Translators: 投诉办结
    ANSWER = "answer", _("Complaint answered")
    # Translators: 承接公共服务项目
    CONTRACT = "contract", _("Contract for a public service")


#: What everyone reads. Complaints are counted for the public, and their words stay with those who keep the body.
PUBLIC_ENTRIES = (EntryKind.SUPPORT, EntryKind.YEARLY_REPORT, EntryKind.INSPECTION, EntryKind.CONTRACT)


class Entry(models.Model):
    """One step: support, yearly report, inspection, complaint and its answer, contract. Append-only."""

    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=14, choices=EntryKind.choices)
    happened_on = models.DateField(_("happened on"))
    text_zh = models.TextField(_("what happened"))
    text_en = models.TextField(blank=True)
    amount_fen = models.BigIntegerField(_("amount in fen"), null=True, blank=True)
    answers = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="answered_by")
    source = models.CharField(_("source"), max_length=300)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["body_id", "-happened_on", "-id"]
        constraints = [
            known("entry_kind_is_known", "kind", EntryKind.values),
            not_blank("entry_says_what_happened", "text_zh"),
            not_blank("entry_names_its_source", "source"),
            models.CheckConstraint(
                name="entry_amount_is_of_support_or_contracts",
                condition=Q(amount_fen__isnull=True)
                | Q(kind__in=[EntryKind.SUPPORT, EntryKind.CONTRACT], amount_fen__range=(1, 10**15)),
            ),
            models.CheckConstraint(
                name="entry_answer_names_its_complaint",
                condition=Q(kind=EntryKind.ANSWER, answers__isnull=False)
                | ~Q(kind=EntryKind.ANSWER) & Q(answers__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["body", "-happened_on", "-id"], name="entry_of_body")]  # the body's page

    def __str__(self) -> str:
        return f"{self.body_id} {self.kind}"

    @property
    def text(self) -> str:
        return in_words(self, "text")


class Activity(models.Model):
    """Something a body did with or for residents, perhaps with another body. Append-only (R004, R010, R017, R206)."""

    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="activities")
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    partner = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    line = models.CharField(_("strand"), max_length=16, choices=Line.choices, blank=True)
    held_on = models.DateField(_("held on"))
    text_zh = models.TextField(_("what was done"))
    text_en = models.TextField(blank=True)
    result_zh = models.TextField(_("result"), blank=True)
    took_part = models.PositiveIntegerField(_("number of people who took part"), null=True, blank=True)
    recorded_by = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "activities"
        ordering = ["body_id", "-held_on", "-id"]
        constraints = [
            known("activity_line_is_known", "line", Line.values, blank=True),
            not_blank("activity_says_what_was_done", "text_zh"),
            models.CheckConstraint(
                name="activity_number_is_plausible", condition=Q(took_part__isnull=True) | Q(took_part__lte=10_000_000)
            ),
        ]
        indexes = [
            models.Index(fields=["body", "-held_on", "-id"], name="activity_of_body"),  # the body's page
            models.Index(fields=["unit", "line", "held_on"], name="activity_of_unit"),  # queries.strands
        ]

    def __str__(self) -> str:
        return f"{self.body_id} {self.held_on}"

    @property
    def text(self) -> str:
        return in_words(self, "text")
