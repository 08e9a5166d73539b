"""Matters that come again and again at one place (R082): counts by type and area, found anew every night."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Topic(models.Model):
    """So many cases of one type in one unit, within ``since`` and ``until``, tell of the same matter.

    ``members`` are ids, read through ``Case.objects.visible_to`` only. ``public`` of them are public: everybody is told
    that number and the category; ``words``, which are out of the texts, are for those whose work it is.
    """

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    type = models.ForeignKey("policy.Declaration", models.PROTECT, related_name="+", db_index=False)
    category = models.CharField(max_length=40, blank=True)
    cases = models.PositiveIntegerField()
    public = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField()
    words = models.JSONField(default=list)
    members = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["-cases", "id"]
        constraints = [
            # One to four would single out a person.
            models.CheckConstraint(name="topic_is_told_by_many", condition=Q(cases__gte=5)),
            models.CheckConstraint(name="topic_public_is_a_part", condition=Q(public__lte=F("cases"))),
            models.CheckConstraint(name="topic_ends_after_it_began", condition=Q(until__gte=F("since"))),
        ]
        indexes = [
            # The largest of a city or district, page by page.
            models.Index(fields=["-cases", "id"], name="topic_by_size"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.type_id} {self.cases}"
