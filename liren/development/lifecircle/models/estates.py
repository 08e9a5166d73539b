"""Checks of planned estates: what was asked, and what was found; appended, never changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from liren.development.lifecircle.models.constraints import is_digest, not_blank
from liren.foundation.people.models.reach import paths_of


class EstateCheckQuerySet(models.QuerySet["EstateCheck"]):
    def visible_to(self, actor: Any) -> EstateCheckQuerySet:
        """A check of an entry of the public register is public; a draft is for whoever may ask for runs there."""
        public = Q(register_number__isnull=False)
        mine = Q()
        for path in paths_of(actor, "lifecircle.run"):
            mine |= Q(run__city__path__startswith=path)
        return self.filter(public | mine if mine else public)


class EstateCheck(models.Model):
    """A planned estate held against a run: ``asked`` is what was entered, ``found`` what followed from it.

    ``register_number``: the entry of the register of new estates that was checked, where it was one. ``digest`` covers
    the run's result, what was asked and what was found: the same question to the same run gives it again.
    """

    run = models.ForeignKey("lifecircle.Run", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    lon = models.FloatField()
    lat = models.FloatField()
    households = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    register_number = models.PositiveIntegerField(null=True)
    asked = models.JSONField()
    found = models.JSONField()
    passes = models.BooleanField()
    digest = models.CharField(max_length=64)
    code_version = models.CharField(max_length=40)
    made_by = models.CharField(max_length=100)
    made_at = models.DateTimeField()

    objects: ClassVar[Any] = EstateCheckQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["run_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="estate_check_number_is_given_once"),
            models.CheckConstraint(
                name="estate_check_is_of_a_place_where_people_will_live",
                condition=Q(households__gte=1, people__gte=1)
                & Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90),
            ),
            is_digest("estate_check_digest_is_one", "digest"),
            not_blank("estate_check_has_a_name", "name"),
            not_blank("estate_check_names_its_maker", "made_by"),
            not_blank("estate_check_says_by_which_code", "code_version"),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="estate_check_of_unit"),  # queries.estates, page by page
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number} {self.name}"
