"""Cases. ``Case`` is what is true now, ``CaseEvent`` the story that led there, appended only.

What a type allows stands in its declaration; a running case keeps the version under which it was received. Cases follow
their units by id: what lies below a unit is asked of today's tree.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from liren.service.cases.engine.numbers import spoken
from liren.service.cases.engine.spec import CHANNELS, CONFIDENTIALITY, OUTCOMES, PHASES, SEVERITIES, WORKS
from liren.service.cases.models.reach import CaseQuerySet
from liren.service.cases.models.shapes import both_or_none, known, later, not_blank

MOST_TEXT = 5000


class Case(models.Model):
    """One matter with one number. ``revision`` counts its changes: who acts on an older one is told so (409)."""

    type = models.ForeignKey("policy.Declaration", models.PROTECT, related_name="+", db_index=False)
    written_as = models.ForeignKey("policy.DeclarationVersion", models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=40)
    phase = models.CharField(max_length=8, default="open")
    outcome = models.CharField(max_length=12, blank=True)
    severity = models.CharField(max_length=8, default="normal")
    category = models.CharField(max_length=40, blank=True)
    confidentiality = models.CharField(max_length=8)
    sealed_to = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=9)
    language = models.CharField(max_length=8, default="zh-hans")

    unit = models.ForeignKey("territory.Unit", models.PROTECT, related_name="+", db_index=False)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    cell = models.BigIntegerField(null=True, blank=True, editable=False)
    address = models.CharField(max_length=200, blank=True)
    text = models.TextField(max_length=MOST_TEXT)
    values = models.JSONField(default=dict)
    search = SearchVectorField(editable=False)

    reporter = models.ForeignKey(
        "people.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    taken_by = models.CharField(max_length=100)
    body = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    about_body = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    # What an office asks by it, and under which admission; "" is what residents ask, which needs none.
    work = models.CharField(max_length=12, blank=True, default="", db_default="", editable=False)
    admission = models.ForeignKey(
        "admission.Admission", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    handler = models.ForeignKey(
        "people.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined")

    received_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True, blank=True)
    first_answer_at = models.DateTimeField(null=True, blank=True)
    first_word_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    hops = models.PositiveSmallIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=1)
    followers = models.PositiveIntegerField(default=0)
    is_called = models.BooleanField(default=False)
    is_disputed = models.BooleanField(default=False)
    is_hidden = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)

    client_key = models.UUIDField(null=True, blank=True, editable=False)
    client_digest = models.BinaryField(max_length=32, null=True, blank=True, editable=False)
    is_simulated = models.BooleanField(default=False)

    objects: ClassVar[Any] = CaseQuerySet.as_manager()
    #: Its rows can put work on a community: the database lets them pass only under an admission.
    PASSES_THE_GATE = True

    class Meta:
        base_manager_name = "objects"
        constraints = [
            known("case_work_is_known", "work", WORKS, blank=True),
            known("case_phase_is_known", "phase", PHASES),
            known("case_outcome_is_known", "outcome", OUTCOMES, blank=True),
            known("case_severity_is_known", "severity", SEVERITIES),
            known("case_confidentiality_is_known", "confidentiality", CONFIDENTIALITY),
            known("case_channel_is_known", "channel", CHANNELS),
            not_blank("case_says_something", "text", "state", "taken_by"),
            both_or_none("case_place_has_both_coordinates", "lon", "lat"),
            models.CheckConstraint(
                name="case_place_is_on_earth",
                condition=Q(lon__isnull=True) | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
            ),
            models.CheckConstraint(
                name="case_closed_exactly_with_moment_and_outcome",
                condition=Q(phase="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(phase="closed") & Q(closed_at__isnull=True, outcome=""),
            ),
            models.CheckConstraint(
                name="case_answered_has_its_moment", condition=~Q(phase="answered") | Q(answered_at__isnull=False)
            ),
            models.CheckConstraint(
                name="case_sealed_names_to_whom",
                condition=Q(confidentiality="sealed") & ~Q(sealed_to="")
                | ~Q(confidentiality="sealed") & Q(sealed_to=""),
            ),
            # Whoever is at home with the same telephone must not find it under an account (R107).
            models.CheckConstraint(
                name="case_for_refuge_hangs_on_no_account",
                condition=~Q(sealed_to="refuge") | Q(reporter__isnull=True),
            ),
            models.CheckConstraint(
                name="case_closed_waits_for_nothing",
                condition=~Q(phase="closed") | Q(due_at__isnull=True, escalate_at__isnull=True, is_called=False),
            ),
            models.CheckConstraint(
                name="case_joined_is_closed_as_joined",
                condition=Q(joined_to__isnull=True) & ~Q(outcome="joined")
                | Q(joined_to__isnull=False, outcome="joined"),
            ),
            models.CheckConstraint(
                name="case_is_not_its_own_relative", condition=~Q(parent=models.F("id")) & ~Q(joined_to=models.F("id"))
            ),
            later("case_dispatched_after_it_was_received", "dispatched_at", "received_at"),
            later("case_closed_after_it_was_received", "closed_at", "received_at"),
            models.CheckConstraint(name="case_revision_counts_from_one", condition=Q(revision__gte=1)),
            # The same draft sent twice is one case.
            models.UniqueConstraint(
                name="case_is_taken_in_once", fields=["client_key"], condition=Q(client_key__isnull=False)
            ),
        ]
        indexes = [
            # The desk's queue: what a unit has open, the most urgent first.
            models.Index(fields=["unit", "due_at", "id"], name="case_open_of_unit", condition=~Q(phase="closed")),
            # The queue of a department.
            models.Index(fields=["body", "due_at", "id"], name="case_open_of_body", condition=~Q(phase="closed")),
            models.Index(fields=["handler", "due_at", "id"], name="case_open_of_handler", condition=~Q(phase="closed")),
            # The queue of a city, and the job that escalates.
            models.Index(fields=["due_at", "id"], name="case_open_by_due", condition=~Q(phase="closed")),
            # What is rare in the queue of a city would be looked for through all of it.
            models.Index(fields=["due_at", "id"], name="case_called", condition=Q(is_called=True)),
            models.Index(fields=["due_at", "id"], name="case_disputed", condition=Q(is_disputed=True)),
            models.Index(fields=["due_at", "id"], name="case_hidden", condition=Q(is_hidden=True) & ~Q(phase="closed")),
            models.Index(
                fields=["type", "category", "due_at", "id"], name="case_open_of_type", condition=~Q(phase="closed")
            ),
            # Whom to call back, the newest first.
            models.Index(fields=["-id"], name="case_answered", condition=Q(phase="answered")),
            models.Index(fields=["escalate_at", "id"], name="case_to_escalate", condition=Q(escalate_at__isnull=False)),
            models.Index(fields=["reporter", "-id"], name="case_of_reporter", condition=Q(reporter__isnull=False)),
            # Neighbours who reported the same and still wait.
            models.Index(
                fields=["cell", "category", "-id"],
                name="case_near_and_open",
                condition=~Q(phase="closed") & Q(cell__isnull=False),
            ),
            # What was handed down under an admission.
            models.Index(fields=["admission"], name="case_of_admission", condition=Q(admission__isnull=False)),
            # Lists of a unit by age, monthly figures, newest first for the public.
            models.Index(fields=["unit", "-received_at", "-id"], name="case_of_unit_by_age"),
            models.Index(fields=["-received_at", "-id"], name="case_by_age"),
            models.Index(fields=["type", "-received_at", "-id"], name="case_of_type_by_age"),
            # What programs ask for that keep a copy.
            models.Index(fields=["changed_at"], name="case_changed"),
            # The same for the program of a department.
            models.Index(
                fields=["body", "changed_at", "id"], name="case_changed_of_body", condition=Q(body__isnull=False)
            ),
            # What a unit has closed, the newest first.
            models.Index(fields=["unit", "-id"], name="case_closed_of_unit_first", condition=Q(phase="closed")),
            # Monthly figures: what was closed in the month or after it.
            models.Index(fields=["closed_at"], name="case_by_end", condition=Q(closed_at__isnull=False)),
            GinIndex(fields=["search"], name="case_search"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The one number, with a check digit that finds a misheard one."""
        return spoken(self.pk)


class CaseEvent(models.Model):
    """One line of the story. ``told``: the reporter reads it. Free text stands here and never in the audit log."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    acting_for = models.ForeignKey(
        "bodies.Body", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=20)
    move = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True, max_length=MOST_TEXT)
    told = models.BooleanField(default=True)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [
            known("case_event_kind_is_known", "kind", (
                "received", "moved", "dispatched", "note", "asked", "file", "joined", "split", "called",
                "call_answered",
                "disputed", "ruled", "suspended", "resumed", "extended", "escalated", "recomputed", "rated", "part",
                "consented", "corrected", "hidden", "visited", "repeated",
            )),
            not_blank("case_event_names_its_actor", "actor"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.case_id} {self.at:%Y-%m-%d %H:%M} {self.kind}"


class CaseContact(models.Model):
    """How a reporter without an account can be reached: sealed as in ``people``, and gone with the case."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="contact")
    sealed_name = models.BinaryField(blank=True, default=b"")
    sealed_phone = models.BinaryField(blank=True, default=b"")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"contact of {self.case_id}"


class CaseFile(models.Model):
    """A photograph or paper, its metadata stripped. ``published_by`` answered by ``cover`` what of it had to be made
    unrecognisable: everybody is shown ``shown``, or the file itself where there was nothing to cover."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="files")
    event = models.ForeignKey(CaseEvent, models.PROTECT, null=True, blank=True, related_name="files")
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=20)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    added_by = models.CharField(max_length=100)
    added_at = models.DateTimeField()
    published_by = models.CharField(max_length=100, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    cover = models.CharField(max_length=8, blank=True, default="", db_default="", editable=False)
    shown = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            known("case_file_type_is_known", "type", ("image/jpeg", "image/png", "image/webp", "application/pdf")),
            models.CheckConstraint(name="case_file_size_is_bounded", condition=Q(size__range=(1, 10 * 1024 * 1024))),
            models.CheckConstraint(
                name="case_file_published_by_somebody",
                condition=Q(published_at__isnull=True, published_by="")
                | Q(published_at__isnull=False) & ~Q(published_by=""),
            ),
            # A published picture is an image that somebody looked at (R078).
            models.CheckConstraint(
                name="case_file_published_is_a_picture",
                condition=Q(published_at__isnull=True) | ~Q(type="application/pdf"),
            ),
            # Nothing is released before somebody answered what is to be covered; a covered one has its own picture.
            models.CheckConstraint(
                name="case_file_published_with_an_answer_about_faces",
                condition=Q(published_at__isnull=True, cover="", shown__isnull=True)
                | Q(published_at__isnull=False, cover="nothing", shown__isnull=True)
                | Q(published_at__isnull=False, cover="blurred", shown__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CasePart(models.Model):
    """Who else is on a case: mediator, party, helper body, agent. Ends by a date, never by deletion."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="parts")
    role = models.CharField(max_length=40)
    account = models.ForeignKey("people.Account", models.PROTECT, null=True, blank=True, related_name="+")
    body = models.ForeignKey("bodies.Body", models.PROTECT, null=True, blank=True, related_name="+")
    alias = models.CharField(_("name used on this case"), max_length=40, blank=True)
    joined_at = models.DateTimeField()
    consented_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    PASSES_THE_GATE = True

    class Meta:
        ordering = ["id"]
        constraints = [
            not_blank("case_part_has_a_role", "role"),
            models.CheckConstraint(
                name="case_part_is_a_person_or_a_body",
                condition=Q(account__isnull=True) | Q(body__isnull=True),
            ),
            models.CheckConstraint(
                name="case_part_is_somebody",
                condition=Q(account__isnull=False) | Q(body__isnull=False) | Q(alias__regex=r"\S"),
            ),
            models.UniqueConstraint(
                name="case_part_is_held_once",
                fields=["case", "role", "account"],
                condition=Q(account__isnull=False, left_at__isnull=True),
            ),
            later("case_part_leaves_after_it_joined", "left_at", "joined_at"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.role}"


class CaseFollower(models.Model):
    """A neighbour who joined: follows the case, and is told when it is answered. Seen by nobody else."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="follows")
    account = models.ForeignKey("people.Account", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="case_is_followed_once", fields=["case", "account"])]

    def __str__(self) -> str:
        return f"{self.case_id}"


class Rating(models.Model):
    """The resident's own word on one round: solved and satisfied are two questions. One word per person and round."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    voice = models.CharField(max_length=60)
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    note = models.TextField(blank=True, max_length=1000)
    asked_by = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="rating_is_given_once_per_round", fields=["case", "round", "voice"]),
            models.CheckConstraint(
                name="rating_says_something", condition=Q(solved__isnull=False) | Q(satisfied__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["at"], name="rating_by_moment")]  # monthly figures

    def __str__(self) -> str:
        return f"{self.case_id} {self.round}"
