"""The tables of the kernel, and the trigger function that keeps history as it was written."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

from liren.foundation.kernel.history import CREATE_REFUSE_CHANGE, DROP_REFUSE_CHANGE
from liren.foundation.kernel.migrating import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(CREATE_REFUSE_CHANGE, DROP_REFUSE_CHANGE),
        CreateModels(
            [
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("actor", models.CharField(max_length=200)),
                        ("action", models.CharField(max_length=100)),
                        ("object_type", models.CharField(blank=True, max_length=100)),
                        ("object_id", models.CharField(blank=True, max_length=100)),
                        ("unit_id", models.BigIntegerField(blank=True, null=True)),
                        (
                            "facts",
                            models.JSONField(
                                blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                            ),
                        ),
                    ],
                    options={
                        "db_table": "kernel_audit_entry",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("actor", ""), _negated=True), name="audit_entry_names_its_actor"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("action", ""), _negated=True), name="audit_entry_names_its_action"
                            ),
                        ],
                        "indexes": [
                            models.Index(fields=["object_type", "object_id", "id"], name="audit_entry_by_object"),
                            models.Index(fields=["unit_id", "-id"], name="audit_entry_by_unit"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarDay",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("is_working", models.BooleanField()),
                        ("name_zh", models.CharField(blank=True, max_length=100)),
                        ("name_en", models.CharField(blank=True, max_length=100)),
                    ],
                    options={
                        "db_table": "kernel_calendar_day",
                        "ordering": ["day"],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarNotice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("jurisdiction", models.CharField(max_length=12)),
                        ("year", models.PositiveSmallIntegerField()),
                        (
                            "source",
                            models.CharField(
                                choices=[("seed", "seed"), ("notice", "notice")], default="notice", max_length=10
                            ),
                        ),
                        ("settles_year", models.BooleanField(default=True)),
                        ("title", models.CharField(max_length=300)),
                        ("document", models.CharField(blank=True, max_length=200)),
                        ("issued_on", models.DateField(blank=True, null=True)),
                        ("recorded_at", models.DateTimeField()),
                        ("recorded_by", models.CharField(max_length=200)),
                    ],
                    options={
                        "db_table": "kernel_calendar_notice",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("jurisdiction__regex", "^(cn|[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")
                                ),
                                name="calendar_notice_jurisdiction_is_a_code",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("year__range", (1949, 2200))),
                                name="calendar_notice_year_is_plausible",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source__in", ["seed", "notice"])),
                                name="calendar_notice_source_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("title", ""), _negated=True), name="calendar_notice_has_a_title"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("source", "seed")),
                                fields=("jurisdiction", "year", "settles_year"),
                                name="calendar_notice_is_seeded_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FormKey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("owner", models.CharField(max_length=200)),
                        ("key", models.UUIDField()),
                        ("fingerprint", models.BinaryField()),
                        ("answer", models.TextField(blank=True)),
                        ("created_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "kernel_form_key",
                        "constraints": [
                            models.UniqueConstraint(fields=("owner", "key"), name="form_key_is_used_once"),
                            models.CheckConstraint(
                                condition=models.Q(("owner", ""), _negated=True), name="form_key_has_an_owner"
                            ),
                        ],
                        "indexes": [models.Index(fields=["created_at"], name="form_key_by_age")],
                    },
                ),
                migrations.CreateModel(
                    name="AuditSeal",
                    fields=[
                        (
                            "entry",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="seal",
                                serialize=False,
                                to="kernel.auditentry",
                            ),
                        ),
                        ("position", models.BigIntegerField(unique=True)),
                        ("previous", models.BinaryField()),
                        ("hash", models.BinaryField()),
                    ],
                    options={
                        "db_table": "kernel_audit_seal",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("position__gte", 1)), name="audit_seal_counts_from_one"
                            )
                        ],
                    },
                ),
            ]
        ),
        migrations.AddField(
            model_name="calendarday",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="days", to="kernel.calendarnotice"
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.UniqueConstraint(fields=("notice", "day"), name="calendar_day_stands_once_in_a_notice"),
        ),
    ]
