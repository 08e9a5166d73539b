"""The numbers that provisions set, each with unit, days and the words that hold it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q

from liren.foundation.kernel.engine.quantities import Quantity, unit
from liren.foundation.policy.models.base import (
    Loaded,
    in_language,
    known,
    never_at_once,
    not_blank,
    real_period,
    retired_later,
)
from liren.foundation.policy.models.documents import Document, Jurisdiction
from liren.foundation.policy.models.words import Attribute, Operator


class Parameter(Loaded):
    """A number with its unit, as one provision sets it in one jurisdiction for some time.

    The provision is named by its key: its wording may be loaded anew while the number stays.
    """

    code = models.CharField(max_length=80)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="parameters")
    document = models.ForeignKey(Document, models.PROTECT, related_name="parameters")
    provision_key = models.CharField(max_length=162)
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    operator = models.CharField(max_length=5, choices=Operator.choices)
    value = models.DecimalField(max_digits=24, decimal_places=6)
    high = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    unit = models.CharField(max_length=60)
    attribute = models.CharField(max_length=10, choices=Attribute.choices)
    scope_zh = models.CharField(max_length=200, blank=True)
    scope_en = models.CharField(max_length=200, blank=True)
    phrase = models.CharField(max_length=300, blank=True)
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    requirements = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    during = DateRangeField()
    # The last day by which it is to be reached, where the document names one. It ends nothing: ``during`` does.
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "policy_parameter"
        ordering = ["code", "jurisdiction_id", "during", "id"]
        constraints = [
            known("policy_parameter_operator_is_known", "operator", Operator),
            known("policy_parameter_attribute_is_known", "attribute", Attribute),
            not_blank(
                "policy_parameter_has_code_names_and_unit", "code", "name_zh", "name_en", "unit", "provision_key"
            ),
            real_period("policy_parameter_has_a_real_period"),
            retired_later("policy_parameter_is_retired_after_it_was_loaded"),
            models.CheckConstraint(
                name="policy_parameter_has_an_upper_end_exactly_when_a_range",
                condition=Q(operator=Operator.RANGE, high__isnull=False, high__gt=F("value"))
                | (~Q(operator=Operator.RANGE) & Q(high__isnull=True)),
            ),
            models.CheckConstraint(
                name="policy_parameter_is_due_when_aimed_at_and_not_before_it_began",
                condition=Q(due_on__isnull=True)
                | Q(
                    attribute__in=[Attribute.BINDING, Attribute.EXPECTED],
                    due_on__gte=Func(F("during"), function="lower"),
                ),
            ),
            never_at_once(
                "policy_parameter_of_one_code_and_place_never_overlaps", keys=("jurisdiction",), texts=("code",)
            ),
        ]
        indexes = [
            models.Index(fields=["code", "jurisdiction"], name="policy_parameter_by_code"),  # queries.parameter_history
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.operator} {self.value} {self.unit}"

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def scope(self) -> str:
        return in_language(self.scope_zh, self.scope_en)

    @property
    def note(self) -> str:
        return in_language(self.note_zh, self.note_en)

    @property
    def quantity(self) -> Quantity:
        """The number with its unit; of a range, the lower end."""
        return Quantity(self.value, unit(self.unit))

    @property
    def upper(self) -> Quantity | None:
        """The upper end of a range."""
        return None if self.high is None else Quantity(self.high, unit(self.unit))
