"""Whose rules, which document, in which version, and what each provision asks for."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q

from liren.foundation.policy.models.base import (
    CURRENT,
    Loaded,
    PublicQuerySet,
    in_language,
    known,
    never_at_once,
    not_blank,
    real_period,
    retired_later,
)
from liren.foundation.policy.models.words import Certainty, DocumentKind, Status

BOUND = ["in_force", "superseded", "repealed"]


class Jurisdiction(models.Model):
    """A place with rules of its own. ``division`` is twelve digits, or nothing where the rules hold everywhere."""

    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    division = models.CharField(max_length=12, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    is_simulated = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        db_table = "policy_jurisdiction"
        ordering = ["division", "code"]
        constraints = [
            not_blank("policy_jurisdiction_has_code_and_names", "code", "name_zh", "name_en"),
            models.CheckConstraint(
                name="policy_jurisdiction_division_has_twelve_digits", condition=Q(division__regex=r"^([0-9]{12})?$")
            ),
            models.CheckConstraint(
                name="policy_jurisdiction_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
            models.UniqueConstraint(
                name="policy_jurisdiction_is_alone_in_its_division",
                fields=["division"],
                condition=CURRENT & ~Q(division=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def parent_code(self) -> str:
        """The code of the one above; nothing for the nation."""
        return self.parent.code if self.parent else ""

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)


class Document(models.Model):
    """A document: what it is called and who issued it. What it says stands in its versions and provisions."""

    key = models.CharField(max_length=121, unique=True)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    issuer_zh = models.CharField(max_length=300)
    issuer_en = models.CharField(max_length=300)
    number = models.CharField(max_length=200, blank=True)
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        db_table = "policy_document"
        ordering = ["jurisdiction_id", "key"]
        constraints = [
            known("policy_document_kind_is_known", "kind", DocumentKind),
            not_blank("policy_document_has_titles_and_issuers", "title_zh", "title_en", "issuer_zh", "issuer_en"),
            models.CheckConstraint(
                name="policy_document_key_is_place_and_code",
                condition=Q(key__regex=r"^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$"),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        return in_language(self.title_zh, self.title_en)

    @property
    def issuer(self) -> str:
        return in_language(self.issuer_zh, self.issuer_en)

    @property
    def note(self) -> str:
        return in_language(self.note_zh, self.note_en)


class DocumentVersion(Loaded):
    """A version of a document, and from when to when it counts."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    label = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=Status.choices)
    issued_on = models.DateField(null=True, blank=True)
    in_force_on = models.DateField(null=True, blank=True)
    during = DateRangeField()
    certainty = models.CharField(max_length=20, choices=Certainty.choices)
    source_zh = models.CharField(max_length=500)
    source_en = models.CharField(max_length=500)

    class Meta:
        db_table = "policy_document_version"
        ordering = ["document_id", "during", "id"]
        constraints = [
            known("policy_version_status_is_known", "status", Status),
            known("policy_version_certainty_is_known", "certainty", Certainty),
            not_blank("policy_version_has_a_label_and_names_its_source", "label", "source_zh", "source_en"),
            real_period("policy_version_has_a_real_period"),
            retired_later("policy_version_is_retired_after_it_was_loaded"),
            models.CheckConstraint(
                name="policy_version_in_draft_is_not_in_force",
                condition=~Q(status=Status.DRAFT) | Q(in_force_on__isnull=True),
            ),
            models.UniqueConstraint(
                name="policy_version_label_stands_once", fields=["document", "label"], condition=CURRENT
            ),
            never_at_once(
                "policy_version_in_force_is_the_only_one", keys=("document",), of=CURRENT & Q(status__in=BOUND)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.label}"

    @property
    def source(self) -> str:
        return in_language(self.source_zh, self.source_en)


class Provision(Loaded):
    """One provision of a document: where it stands, and in our own words who must do what."""

    key = models.CharField(max_length=162)
    document = models.ForeignKey(Document, models.PROTECT, related_name="provisions")
    number = models.CharField(max_length=40)
    place = models.CharField(max_length=100)
    heading_zh = models.CharField(max_length=200)
    heading_en = models.CharField(max_length=200)
    duty_zh = models.TextField()
    duty_en = models.TextField()
    requirements = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    versions = ArrayField(models.CharField(max_length=40), default=list)
    during = DateRangeField()
    certainty = models.CharField(max_length=20, choices=Certainty.choices)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "policy_provision"
        ordering = ["document_id", "position", "id"]
        constraints = [
            known("policy_provision_certainty_is_known", "certainty", Certainty),
            not_blank(
                "policy_provision_has_heading_and_duty", "number", "heading_zh", "heading_en", "duty_zh", "duty_en"
            ),
            real_period("policy_provision_has_a_real_period"),
            retired_later("policy_provision_is_retired_after_it_was_loaded"),
            never_at_once("policy_provision_of_one_key_never_overlaps", texts=("key",)),
        ]
        indexes = [models.Index(fields=["key"], name="policy_provision_by_key")]  # queries.provision, history

    def __str__(self) -> str:
        return self.key

    @property
    def heading(self) -> str:
        return in_language(self.heading_zh, self.heading_en)

    @property
    def duty(self) -> str:
        return in_language(self.duty_zh, self.duty_en)
