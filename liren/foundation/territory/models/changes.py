"""What happened to units and where they came from. Both tables are append-only: a mistake is corrected by a new row."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.foundation.territory.models.constraints import not_blank


class Op(models.TextChoices):
    """Operations on the tree (R024)."""

    CREATE = "create", _("Created")
    RENAME = "rename", _("Renamed")
    # Translators: 撤乡设镇、撤镇设街道、村改社区
    CONVERT = "convert", _("Converted")
    # Translators: 划转（改变隶属）
    MOVE = "move", _("Moved to another parent")
    MERGE = "merge", _("Merged")
    SPLIT = "split", _("Split")
    # Translators: 撤销
    ABOLISH = "abolish", _("Abolished")
    # Translators: 撤区：区撤销，所辖街道直接归市管理
    UNDISTRICT = "undistrict", _("Dissolved, its units now answer to the level above")
    CORRECT = "correct", _("Corrected")
    IMPORT = "import", _("Taken from a list")


class UnitChange(models.Model):
    """One decision about territory, with the document that ordered it."""

    op = models.CharField(_("operation"), max_length=12, choices=Op.choices)
    effective_on = models.DateField(_("effective on"))
    unit = models.ForeignKey(
        "territory.Unit", models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Whom it is about.")
    )
    instrument = models.CharField(_("document"), max_length=300, help_text=_("The document that ordered the change."))
    reason = models.TextField(_("reason"), blank=True)
    actor = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    # What it was and what it became, field by field: history stays readable word for word, and so does what a
    # correction found wrong.
    was = models.JSONField(default=dict, blank=True)
    became = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["effective_on", "id"]
        constraints = [
            models.CheckConstraint(name="change_operation_is_known", condition=Q(op__in=Op.values)),
            not_blank("change_names_its_document", "instrument"),
            not_blank("change_names_its_actor", "actor"),
            models.CheckConstraint(
                name="change_corrects_only_by_correction", condition=Q(corrects__isnull=True) | Q(op=Op.CORRECT)
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "effective_on"], name="change_of_unit"),  # queries.history
            models.Index(fields=["effective_on", "id"], name="change_by_day"),  # the list of changes, page by page
        ]

    def __str__(self) -> str:
        return f"{self.op} {self.effective_on}"


class Descent(models.Model):
    """Which part of a unit's people went to which unit by a change; the shares of one source in one change sum to 1."""

    change = models.ForeignKey("territory.UnitChange", models.PROTECT, related_name="descents")
    source = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    target = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    share = models.DecimalField(max_digits=10, decimal_places=9, default=Decimal(1))

    class Meta:
        ordering = ["change_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["change", "source", "target"], name="descent_is_said_once"),
            models.CheckConstraint(name="descent_share_is_between_0_and_1", condition=Q(share__gt=0, share__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"
