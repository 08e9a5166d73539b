"""Topics that residents chose to hear of: declared by themselves, matched on nothing else, read by no other (R061)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from liren.service.cases.models.shapes import not_blank

#: So many an account may choose. Each takes one of so many slots, hence the database holds the bound as well.
MOST_CHOSEN = 60


class ChosenTopicQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Any) -> ChosenTopicQuerySet:
        """One's own, and none for anybody else, whatever duty they hold."""
        return self.filter(account_id=getattr(actor, "pk", None) or 0)


class ChosenTopic(models.Model):
    """An account wants to hear of one category of a type in one unit, and of nothing that was not chosen.

    ``seen_at`` is when the account last read its notices; until then all that is older counts as read.
    """

    account = models.ForeignKey("people.Account", models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    type = models.ForeignKey("policy.Declaration", models.PROTECT, related_name="+", db_index=False)
    category = models.CharField(max_length=40)
    slot = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects: ClassVar[Any] = ChosenTopicQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            not_blank("topic_is_chosen_by_its_code", "category"),
            models.UniqueConstraint(name="topic_is_chosen_once", fields=["account", "unit", "type", "category"]),
            models.UniqueConstraint(name="topics_chosen_have_a_slot_each", fields=["account", "slot"]),
            models.CheckConstraint(name="topics_chosen_are_bounded", condition=Q(slot__range=(1, MOST_CHOSEN))),
            models.CheckConstraint(name="topic_is_read_after_it_was_chosen", condition=Q(seen_at__gte=F("since"))),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.category}"
