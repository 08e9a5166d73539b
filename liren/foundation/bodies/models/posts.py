"""Posts, who holds them on which days, and the published lists of duties."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies.models.constraints import (
    Named,
    during,
    in_words,
    known,
    name_kept,
    not_blank,
    real_period,
)
from liren.foundation.kernel.ranges import no_overlap
from liren.foundation.people.models.reach import inside, paths_of

if TYPE_CHECKING:
    from liren.foundation.kernel.rights import Actor

KEEP = "bodies.keep"


class Filled(models.TextChoices):
    """How a post is usually filled, and how one holder came to it."""

    ELECTION = "election", _("By election")
    APPOINTMENT = "appointment", _("By appointment")
    # Translators: 聘用
    HIRING = "hiring", _("By contract of employment")
    # Translators: 兼职委员等兼任
    PART_TIME = "part_time", _("Part time, beside another post")
    # Translators: 由另一职务当然兼任
    EX_OFFICIO = "ex_officio", _("By virtue of another post")


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, actor: Actor) -> Self:
        """Published posts for everyone; the others for those who keep the body."""
        return self.filter(Q(is_published=True) | inside(paths_of(actor, KEEP), "body__unit__path"))


class Post(Named):
    """A named post of a body: what it answers for, how many seats it has, how it is filled."""

    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="posts")
    duty_zh = models.TextField(_("what it answers for"), blank=True)
    duty_en = models.TextField(blank=True)
    seats = models.PositiveSmallIntegerField(_("number of seats"), default=1)
    filled_by = models.CharField(_("how it is filled"), max_length=12, choices=Filled.choices)
    is_head = models.BooleanField(_("leads the body"), default=False)
    is_published = models.BooleanField(_("published"), default=True)
    during = during()
    instrument = models.CharField(_("document"), max_length=300)

    objects: ClassVar[models.Manager[Post]] = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-is_head", "id"]
        constraints = [
            real_period("post_has_a_real_period"),
            not_blank("post_has_a_chinese_name", "name_zh"),
            not_blank("post_names_its_document", "instrument"),
            known("post_filling_is_known", "filled_by", Filled.values),
            models.CheckConstraint(name="post_has_seats", condition=Q(seats__range=(1, 500))),
            models.CheckConstraint(name="post_that_leads_has_one_seat", condition=Q(is_head=False) | Q(seats=1)),
            no_overlap("body_has_one_leading_post_at_a_time", "body", condition=Q(is_head=True)),
        ]
        indexes = [models.Index(fields=["body", "id"], name="post_of_body")]  # the body's page

    @property
    def duty(self) -> str:
        """What it answers for, in the reader's language."""
        return in_words(self, "duty")


class OfficeHoldingQuerySet(models.QuerySet["OfficeHolding"]):
    def visible_to(self, actor: Actor) -> Self:
        """Holders of published posts for everyone; the others for those who keep the body."""
        return self.filter(Q(post__is_published=True) | inside(paths_of(actor, KEEP), "post__body__unit__path"))

    def on(self, day: date) -> Self:
        """Those in office on the day."""
        return self.filter(during__contains=day)


class OfficeHolding(models.Model):
    """Who holds a seat of a post on which days: a name as published, an account, or another post ex officio (R002)."""

    post = models.ForeignKey("bodies.Post", models.PROTECT, related_name="holdings")
    seat = models.PositiveSmallIntegerField(_("seat"), default=1)
    name = models.CharField(_("name as published"), max_length=60, blank=True)
    account = models.ForeignKey("people.Account", models.PROTECT, null=True, blank=True, related_name="+")
    by_post = models.ForeignKey("bodies.Post", models.PROTECT, null=True, blank=True, related_name="+")
    how = models.CharField(_("how it came about"), max_length=12, choices=Filled.choices)
    # Part-time members come from a resident unit, an owners' committee, a property firm (R011).
    sent_by = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    during = during()
    instrument = models.CharField(_("document"), max_length=300)
    forgotten_on = models.DateField(null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager[OfficeHolding]] = OfficeHoldingQuerySet.as_manager()

    class Meta:
        ordering = ["post_id", "seat", "during"]
        constraints = [
            real_period("holding_has_a_real_period"),
            no_overlap("holding_of_one_seat_never_overlaps", "post", "seat"),
            no_overlap("holding_of_one_account_never_overlaps", "post", "account", condition=Q(account__isnull=False)),
            known("holding_filling_is_known", "how", Filled.values),
            not_blank("holding_names_its_document", "instrument"),
            models.CheckConstraint(name="holding_has_a_seat", condition=Q(seat__gte=1)),
            models.CheckConstraint(
                name="holding_is_of_a_person_or_of_another_post",
                condition=Q(by_post__isnull=True) & (Q(name__regex=r"\S") | Q(account__isnull=False))
                | Q(by_post__isnull=False, name="", account__isnull=True)
                | Q(by_post__isnull=True, name="", account__isnull=True, forgotten_on__isnull=False),
            ),
            models.CheckConstraint(
                name="holding_of_another_post_is_ex_officio",
                condition=Q(by_post__isnull=False, how=Filled.EX_OFFICIO)
                | Q(by_post__isnull=True) & ~Q(how=Filled.EX_OFFICIO),
            ),
            models.CheckConstraint(name="holding_is_not_of_its_own_post", condition=~Q(by_post=F("post"))),
            name_kept("holding_keeps_its_name_for_ten_years"),
        ]

    def __str__(self) -> str:
        return f"holding {self.pk}"

    @property
    def holder(self) -> str:
        """The name to show; "" where another post holds it, or where the name is past its time."""
        return self.name or (str(self.account) if self.account_id else "")

    @property
    def last_day(self) -> date | None:
        """The last day in office; None while no end is set."""
        return None if self.during.upper is None else self.during.upper - timedelta(days=1)


class DutyKind(models.TextChoices):
    """What a list of duties holds (R003): duties, and the tasks, services and data that a body owns."""

    DUTY = "duty", _("Duty")
    TASK = "task", _("Task")
    SERVICE = "service", _("Service")
    DATA = "data", _("Data it keeps")


class DutyQuerySet(models.QuerySet["Duty"]):
    def visible_to(self, actor: Actor) -> Self:
        """Duty lists are published for everyone (R007)."""
        return self

    def on(self, day: date) -> Self:
        """What was published on the day."""
        return self.filter(during__contains=day)


class Duty(models.Model):
    """One line of the published duty list of a body, or of one of its posts, with the provision it rests on."""

    body = models.ForeignKey("bodies.Body", models.PROTECT, related_name="duties")
    post = models.ForeignKey("bodies.Post", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=DutyKind.choices, default=DutyKind.DUTY)
    text_zh = models.TextField(_("text"))
    text_en = models.TextField(blank=True)
    # Key of a provision that the library holds, "chengdu/opinion-2017#20"; else the document in words, which leads
    # nowhere and is shown so; both "" where the list itself is the source.
    basis = models.CharField(_("basis"), max_length=120, blank=True)
    instrument = models.CharField(_("document"), max_length=300, blank=True, default="", db_default="")
    during = during()

    objects: ClassVar[models.Manager[Duty]] = DutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "duties"
        ordering = ["body_id", "id"]
        constraints = [
            real_period("duty_has_a_real_period"),
            not_blank("duty_has_a_chinese_text", "text_zh"),
            known("duty_kind_is_known", "kind", DutyKind.values),
            models.CheckConstraint(
                name="duty_basis_is_the_key_of_a_provision",
                condition=Q(basis="") | Q(basis__regex=r"^[a-z0-9-]+/[a-z0-9.-]+#[a-z0-9.-]+$"),
            ),
            models.CheckConstraint(
                name="duty_rests_on_a_provision_or_on_words", condition=Q(basis="") | Q(instrument="")
            ),
        ]
        indexes = [
            models.Index(fields=["body", "id"], name="duty_of_body"),  # the body's page
            models.Index(fields=["basis", "id"], name="duty_by_basis", condition=~Q(basis="")),  # a provision's page
        ]

    def __str__(self) -> str:
        return self.text_zh[:40]

    @property
    def text(self) -> str:
        return in_words(self, "text")
