"""What packs declare for upper rooms (registers, later cases and indicators): an identity, and its versions."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from liren.foundation.policy.models.base import CURRENT, Loaded, PublicQuerySet, not_blank, retired_later
from liren.foundation.policy.models.documents import Document, Jurisdiction


class Declaration(models.Model):
    """The identity of a declaration, which rows of upper rooms point at; it stays when the packs change."""

    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=80)

    objects = PublicQuerySet.as_manager()

    class Meta:
        db_table = "policy_declaration"
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(name="policy_declaration_is_known_once", fields=["kind", "code"]),
            not_blank("policy_declaration_has_kind_and_code", "kind", "code"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"


class DeclarationVersion(Loaded):
    """What a declaration said from one load to another. ``number`` counts from 1."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    basis = ArrayField(models.CharField(max_length=162))
    content = models.JSONField(encoder=DjangoJSONEncoder)
    fingerprint = models.CharField(max_length=64)
    loaded_by = models.CharField(max_length=200)

    class Meta:
        db_table = "policy_declaration_version"
        ordering = ["declaration_id", "number"]
        constraints = [
            models.UniqueConstraint(name="policy_declaration_number_is_given_once", fields=["declaration", "number"]),
            models.UniqueConstraint(
                name="policy_declaration_has_one_version_at_a_time", fields=["declaration"], condition=CURRENT
            ),
            models.CheckConstraint(name="policy_declaration_numbers_count_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="policy_declaration_fingerprint_is_one", condition=Q(fingerprint__regex=r"^[0-9a-f]{64}$")
            ),
            not_blank("policy_declaration_version_names_its_loader", "loaded_by"),
            retired_later("policy_declaration_version_is_retired_after_it_was_loaded"),
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.number}"


class Load(models.Model):
    """One loading of packs: when, by whom, from which state of the files, and how much changed. Appended only."""

    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    tool = models.CharField(max_length=40)

    class Meta:
        db_table = "policy_load"
        ordering = ["-id"]
        constraints = [
            not_blank("policy_load_names_its_loader_and_tool", "by", "tool"),
            models.CheckConstraint(
                name="policy_load_fingerprint_is_one", condition=Q(fingerprint__regex=r"^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}"
