"""The account: who signs in, and what they may do today."""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liren.foundation.people.models.reach import covers, inside, paths_of

# Small letters, digits, Han characters, dot, underscore, hyphen; at least one that is not a digit,
# so that a name can never be taken for a telephone number.
USERNAME = "^(?=.*[^0-9])[a-z0-9\u4e00-\u9fff._-]{2,32}$"
ERASED = "erased-"


class Language(models.TextChoices):
    ZH = "zh-hans", _("Simplified Chinese")
    EN = "en", _("English")


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, actor: Any) -> AccountQuerySet:
        """Oneself; those who claim or hold residency, or hold office, where the actor is in charge of that."""
        residency, mandate = (apps.get_model("people", name) for name in ("Residency", "Mandate"))
        residents = residency.objects.filter(
            inside(paths_of(actor, "people.verify")), state__in=("claimed", "verified")
        )
        officials = mandate.objects.filter(inside(paths_of(actor, "people.grant")))
        return self.filter(
            Q(pk=actor.pk) | Q(pk__in=residents.values("account")) | Q(pk__in=officials.values("account"))
        )


class AccountManager(BaseUserManager["Account"]):
    def get_queryset(self) -> AccountQuerySet:
        return AccountQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Any) -> AccountQuerySet:
        return self.get_queryset().visible_to(actor)

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=(username or "").lower())


class Account(AbstractBaseUser):
    """One person's access. No superuser, no staff flag, no e-mail column, and no field that could sort people.

    Implements ``liren.foundation.kernel.rights.Actor``.
    """

    uuid = models.UUIDField(default=uuids.uuid4, unique=True, editable=False)
    username = models.CharField(
        _("user name"),
        max_length=32,
        unique=True,
        validators=[
            RegexValidator(
                USERNAME,
                _("Use 2 to 32 small letters, digits or Chinese characters, and not digits alone."),
            )
        ],
        error_messages={"unique": _("This user name is taken. Choose another.")},
    )
    display_name = models.CharField(_("name shown"), max_length=40)
    language = models.CharField(_("language"), max_length=8, choices=Language.choices, default=Language.ZH)
    is_active = models.BooleanField(default=True)
    is_simulated = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(username__regex="^[a-z0-9\u4e00-\u9fff._-]{2,32}$") & ~Q(username__regex="^[0-9]*$"),
                name="people_account_username_is_well_formed",
            ),
            models.CheckConstraint(condition=~Q(display_name=""), name="people_account_has_a_name"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="people_account_language_is_known"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(is_active=False), name="people_account_erased_is_not_active"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=False, username__startswith=ERASED)
                | (Q(erased_at__isnull=True) & ~Q(username__startswith=ERASED)),
                name="people_account_erased_exactly_when_so_named",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name if self.erased_at is None else gettext("Erased account")

    @property
    def label(self) -> str:
        """How the audit log names this account: by id, so that an erased name leaves no trace there."""
        return f"account:{self.pk}"

    @property
    def masked_name(self) -> str:
        """The first character and stars: enough to tell lines of a list apart, not enough to know the person."""
        return self.display_name[:1] + "*" * min(len(self.display_name) - 1, 2)

    def holds(self, power: str, unit: Any = None) -> bool:
        """Does a mandate active today give ``power`` on ``unit`` or on a unit above it (``None``: anywhere)?"""
        paths = self.paths_with(power)
        if unit is None:
            return bool(paths)
        return any(covers(held, unit.path) for held in paths)

    def paths_with(self, power: str) -> frozenset[str]:
        """Paths of the units where a mandate active today gives ``power``."""
        return self._held_today().paths.get(power, frozenset())

    def powers(self) -> frozenset[str]:
        """Every power held somewhere today."""
        return frozenset(self._held_today().paths)

    @property
    def holds_office(self) -> bool:
        """Is any mandate of this account active today?"""
        return self._held_today().in_office

    @property
    def needs_second_factor(self) -> bool:
        """Does a mandate active today belong to a role that asks for a second factor?"""
        return self._held_today().second_factor

    def forget_powers(self) -> None:
        """Read the mandates anew at the next question, after one was granted or ended."""
        self.__dict__.pop("_held", None)

    def _held_today(self) -> Held:
        """All powers in one query, remembered on this instance: one request, one question to the database."""
        day = timezone.localdate()
        remembered: Held | None = self.__dict__.get("_held")
        if remembered is None or remembered.day != day:
            remembered = self.__dict__["_held"] = self._read_held(day)
        return remembered

    def _read_held(self, day: date) -> Held:
        if not self.is_active or self.erased_at is not None or self.pk is None:
            return Held(day)
        # A line for each power: an array of them would group, and to compile that costs each page of the desk more.
        rows = self.mandates.active_on(day).values_list(
            "role__second_factor_required", "unit__path", "role__powers__power"
        )
        held = Held(day)
        for second_factor, path, power in rows:
            held.in_office = True
            held.second_factor |= second_factor
            if power:
                held.paths[power] = held.paths.get(power, frozenset()) | {path}
        return held


@dataclass
class Held:
    """What the mandates of one account give on one day."""

    day: date
    paths: dict[str, frozenset[str]] = field(default_factory=dict)
    in_office: bool = False
    second_factor: bool = False
