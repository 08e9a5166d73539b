"""How a person can be reached: sealed in the column, found only through a keyed blind index."""

from __future__ import annotations

import uuid as uuids
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ContactKind(models.TextChoices):
    PHONE = "phone", _("Telephone")
    EMAIL = "email", _("E-mail")
    ADDRESS = "address", _("Address")


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, actor: Any) -> ContactQuerySet:
        """One's own. Others come in only through a live AccessGrant, opened with a purpose, one contact at a time."""
        if actor.pk is None:
            return self.none()
        granted = Q(
            pk__in=apps.get_model("people", "AccessGrant")
            .objects.filter(actor_id=actor.pk, expires_at__gt=timezone.now(), closed_at=None)
            .values("contact_id")
        )
        return self.filter(Q(account_id=actor.pk) | granted)


class Contact(models.Model):
    """``sealed`` is AES-256-GCM or SM4-GCM over the value, bound to this table, column and ``uuid``."""

    uuid = models.UUIDField(default=uuids.uuid4, unique=True, editable=False)
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=8)
    lookup = models.BinaryField(max_length=32)
    verified_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Contact]] = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="people_contact_kind_is_known"),
            models.UniqueConstraint(fields=["account", "kind"], name="people_contact_one_of_each_kind"),
            # Reader: signing in by telephone. Two accounts may type the same number; only one can prove it.
            models.UniqueConstraint(
                fields=["lookup"],
                condition=Q(kind="phone", verified_at__isnull=False),
                name="people_contact_verified_phone_is_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"
