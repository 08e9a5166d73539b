"""What the kernel keeps: the audit log with its chain, form keys, and the notices that make the work calendar."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class AuditEntry(models.Model):
    """Who did what to which object. Appended only; no contact data, so that it never has to be erased."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=100)
    object_type = models.CharField(max_length=100, blank=True)
    object_id = models.CharField(max_length=100, blank=True)
    unit_id = models.BigIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "kernel_audit_entry"
        indexes = [
            # Read by the history of one object.
            models.Index(fields=["object_type", "object_id", "id"], name="audit_entry_by_object"),
            # Read by the audit page of one unit, newest first.
            models.Index(fields=["unit_id", "-id"], name="audit_entry_by_unit"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(actor=""), name="audit_entry_names_its_actor"),
            models.CheckConstraint(condition=~Q(action=""), name="audit_entry_names_its_action"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action}"


class AuditSeal(models.Model):
    """The place of one entry in the chain. Written by the database at commit, never by the application."""

    # No database key: the sealing trigger reads the entry it seals, and neither row can be deleted.
    entry = models.OneToOneField(
        AuditEntry, primary_key=True, on_delete=models.PROTECT, related_name="seal", db_constraint=False
    )
    position = models.BigIntegerField(unique=True)
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "kernel_audit_seal"
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=1), name="audit_seal_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


class FormKey(models.Model):
    """One sent form: who sent it, what it said, and where its effect can be seen. Makes a repeat harmless."""

    owner = models.CharField(max_length=200)
    key = models.UUIDField()
    fingerprint = models.BinaryField()
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "kernel_form_key"
        indexes = [
            # Read by the job that deletes old keys.
            models.Index(fields=["created_at"], name="form_key_by_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="form_key_is_used_once"),
            models.CheckConstraint(condition=~Q(owner=""), name="form_key_has_an_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"


class Knock(models.Model):
    """How often somebody unknown knocked at a door, this hour and today. ``doors`` counts, and forgets every night."""

    day = models.DateField()
    door = models.CharField(max_length=20)
    who = models.BinaryField(max_length=32)
    hour = models.PositiveSmallIntegerField()
    in_hour = models.PositiveIntegerField()
    in_day = models.PositiveIntegerField()

    class Meta:
        db_table = "kernel_knock"
        constraints = [
            # Read and written by the one statement that counts; the job that forgets reads its beginning.
            models.UniqueConstraint(fields=["day", "door", "who"], name="knock_is_counted_in_one_row"),
            models.CheckConstraint(condition=Q(hour__range=(0, 23)), name="knock_hour_is_of_a_day"),
            models.CheckConstraint(
                condition=Q(in_hour__gte=1, in_day__gte=models.F("in_hour")), name="knock_day_holds_its_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.door}"


class CalendarNotice(models.Model):
    """A notice that names holidays and make-up working days of one year in one jurisdiction. Appended only."""

    class Source(models.TextChoices):
        SEED = "seed", "seed"
        NOTICE = "notice", "notice"

    jurisdiction = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.NOTICE)
    settles_year = models.BooleanField(default=True)
    title = models.CharField(max_length=300)
    document = models.CharField(max_length=200, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        db_table = "kernel_calendar_notice"
        constraints = [
            models.CheckConstraint(
                condition=Q(jurisdiction__regex=r"^(cn|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"),
                name="calendar_notice_jurisdiction_is_a_code",
            ),
            models.CheckConstraint(condition=Q(year__range=(1949, 2200)), name="calendar_notice_year_is_plausible"),
            models.CheckConstraint(condition=Q(source__in=["seed", "notice"]), name="calendar_notice_source_is_known"),
            models.CheckConstraint(condition=~Q(title=""), name="calendar_notice_has_a_title"),
            models.UniqueConstraint(
                fields=["jurisdiction", "year", "settles_year"],
                condition=Q(source="seed"),
                name="calendar_notice_is_seeded_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CalendarDay(models.Model):
    """What a notice says about one day: rest or work."""

    notice = models.ForeignKey(CalendarNotice, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    is_working = models.BooleanField()
    name_zh = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "kernel_calendar_day"
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "day"], name="calendar_day_stands_once_in_a_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {'work' if self.is_working else 'rest'}"
