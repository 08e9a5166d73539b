"""The tables of the room."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from liren.foundation.kernel.migrating import CreateModels

# A range over text, so that core PostgreSQL can refuse two rows of one code that overlap in time (base.same_text).
WORDS = 'CREATE TYPE policy_words AS RANGE (subtype = text, collation = "C");'
NO_WORDS = "DROP TYPE policy_words;"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(WORDS, NO_WORDS),
        CreateModels(
            [
                migrations.CreateModel(
                    name="Declaration",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=40)),
                        ("code", models.CharField(max_length=80)),
                    ],
                    options={
                        "db_table": "policy_declaration",
                        "ordering": ["kind", "code"],
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "code"), name="policy_declaration_is_known_once"),
                            models.CheckConstraint(
                                condition=models.Q(("code__regex", "\\S"), ("kind__regex", "\\S")),
                                name="policy_declaration_has_kind_and_code",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Jurisdiction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=60, unique=True)),
                        ("name_zh", models.CharField(max_length=60)),
                        ("name_en", models.CharField(max_length=60)),
                        ("division", models.CharField(blank=True, max_length=12)),
                        ("is_simulated", models.BooleanField(default=False)),
                        ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="policy.jurisdiction",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "policy_jurisdiction",
                        "ordering": ["division", "code"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("code__regex", "\\S"), ("name_en__regex", "\\S"), ("name_zh__regex", "\\S")
                                ),
                                name="policy_jurisdiction_has_code_and_names",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("division__regex", "^([0-9]{12})?$")),
                                name="policy_jurisdiction_division_has_twelve_digits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("parent__isnull", True),
                                    models.Q(("parent", models.F("id")), _negated=True),
                                    _connector="OR",
                                ),
                                name="policy_jurisdiction_is_not_its_own_parent",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("retired_at__isnull", True), models.Q(("division", ""), _negated=True)
                                ),
                                fields=("division",),
                                name="policy_jurisdiction_is_alone_in_its_division",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Document",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=121, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("law", "Law"),
                                    ("regulation", "Regulation"),
                                    ("rule", "Rule"),
                                    ("opinion", "Opinion"),
                                    ("plan", "Plan"),
                                    ("standard", "Standard"),
                                    ("report", "Report"),
                                    ("notice", "Notice"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("title_zh", models.CharField(max_length=300)),
                        ("title_en", models.CharField(max_length=300)),
                        ("issuer_zh", models.CharField(max_length=300)),
                        ("issuer_en", models.CharField(max_length=300)),
                        ("number", models.CharField(blank=True, max_length=200)),
                        ("note_zh", models.TextField(blank=True)),
                        ("note_en", models.TextField(blank=True)),
                        ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="policy.jurisdiction",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "policy_document",
                        "ordering": ["jurisdiction_id", "key"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "law",
                                            "regulation",
                                            "rule",
                                            "opinion",
                                            "plan",
                                            "standard",
                                            "report",
                                            "notice",
                                        ],
                                    )
                                ),
                                name="policy_document_kind_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("issuer_en__regex", "\\S"),
                                    ("issuer_zh__regex", "\\S"),
                                    ("title_en__regex", "\\S"),
                                    ("title_zh__regex", "\\S"),
                                ),
                                name="policy_document_has_titles_and_issuers",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("key__regex", "^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$")),
                                name="policy_document_key_is_place_and_code",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DeclarationVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("loaded_at", models.DateTimeField(editable=False)),
                        ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("number", models.PositiveIntegerField()),
                        (
                            "basis",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=162), size=None
                            ),
                        ),
                        ("content", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("loaded_by", models.CharField(max_length=200)),
                        (
                            "declaration",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="policy.declaration",
                            ),
                        ),
                        (
                            "document",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="policy.document",
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policy.jurisdiction"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "policy_declaration_version",
                        "ordering": ["declaration_id", "number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("declaration", "number"), name="policy_declaration_number_is_given_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("retired_at__isnull", True)),
                                fields=("declaration",),
                                name="policy_declaration_has_one_version_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)), name="policy_declaration_numbers_count_from_one"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fingerprint__regex", "^[0-9a-f]{64}$")),
                                name="policy_declaration_fingerprint_is_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("loaded_by__regex", "\\S")),
                                name="policy_declaration_version_names_its_loader",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("retired_at__isnull", True),
                                    ("retired_at__gte", models.F("loaded_at")),
                                    _connector="OR",
                                ),
                                name="policy_declaration_version_is_retired_after_it_was_loaded",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Load",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("by", models.CharField(max_length=200)),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("counts", models.JSONField(default=dict)),
                        ("tool", models.CharField(max_length=40)),
                    ],
                    options={
                        "db_table": "policy_load",
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("by__regex", "\\S"), ("tool__regex", "\\S")),
                                name="policy_load_names_its_loader_and_tool",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("fingerprint__regex", "^[0-9a-f]{64}$")),
                                name="policy_load_fingerprint_is_one",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Parameter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("loaded_at", models.DateTimeField(editable=False)),
                        ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("code", models.CharField(max_length=80)),
                        ("provision_key", models.CharField(max_length=162)),
                        ("name_zh", models.CharField(max_length=200)),
                        ("name_en", models.CharField(max_length=200)),
                        (
                            "operator",
                            models.CharField(
                                choices=[
                                    (">=", "at least"),
                                    (">", "above"),
                                    ("=", "exactly"),
                                    ("<=", "at most"),
                                    ("<", "below"),
                                    ("range", "between"),
                                ],
                                max_length=5,
                            ),
                        ),
                        ("value", models.DecimalField(decimal_places=6, max_digits=24)),
                        ("high", models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True)),
                        ("unit", models.CharField(max_length=60)),
                        (
                            "attribute",
                            models.CharField(
                                choices=[
                                    ("binding", "Binding"),
                                    ("expected", "Expected"),
                                    ("baseline", "Baseline"),
                                    ("reported", "Reported"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("scope_zh", models.CharField(blank=True, max_length=200)),
                        ("scope_en", models.CharField(blank=True, max_length=200)),
                        ("phrase", models.CharField(blank=True, max_length=300)),
                        ("note_zh", models.TextField(blank=True)),
                        ("note_en", models.TextField(blank=True)),
                        (
                            "requirements",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=4), blank=True, default=list, size=None
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parameters",
                                to="policy.document",
                            ),
                        ),
                        (
                            "jurisdiction",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parameters",
                                to="policy.jurisdiction",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "policy_parameter",
                        "ordering": ["code", "jurisdiction_id", "during", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("operator__in", [">=", ">", "=", "<=", "<", "range"])),
                                name="policy_parameter_operator_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("attribute__in", ["binding", "expected", "baseline", "reported"])),
                                name="policy_parameter_attribute_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("code__regex", "\\S"),
                                    ("name_en__regex", "\\S"),
                                    ("name_zh__regex", "\\S"),
                                    ("provision_key__regex", "\\S"),
                                    ("unit__regex", "\\S"),
                                ),
                                name="policy_parameter_has_code_names_and_unit",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="policy_parameter_has_a_real_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("retired_at__isnull", True),
                                    ("retired_at__gte", models.F("loaded_at")),
                                    _connector="OR",
                                ),
                                name="policy_parameter_is_retired_after_it_was_loaded",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("high__gt", models.F("value")), ("high__isnull", False), ("operator", "range")
                                    ),
                                    models.Q(models.Q(("operator", "range"), _negated=True), ("high__isnull", True)),
                                    _connector="OR",
                                ),
                                name="policy_parameter_has_an_upper_end_exactly_when_a_range",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("retired_at__isnull", True)),
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("jurisdiction"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("jurisdiction"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    (
                                        models.Func(
                                            models.F("code"),
                                            models.F("code"),
                                            models.Value("[]"),
                                            function="policy_words",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="policy_parameter_of_one_code_and_place_never_overlaps",
                            ),
                        ],
                        "indexes": [models.Index(fields=["code", "jurisdiction"], name="policy_parameter_by_code")],
                    },
                ),
                migrations.CreateModel(
                    name="Provision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("loaded_at", models.DateTimeField(editable=False)),
                        ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("key", models.CharField(max_length=162)),
                        ("number", models.CharField(max_length=40)),
                        ("place", models.CharField(max_length=100)),
                        ("heading_zh", models.CharField(max_length=200)),
                        ("heading_en", models.CharField(max_length=200)),
                        ("duty_zh", models.TextField()),
                        ("duty_en", models.TextField()),
                        (
                            "requirements",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=4), blank=True, default=list, size=None
                            ),
                        ),
                        (
                            "versions",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), default=list, size=None
                            ),
                        ),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        (
                            "certainty",
                            models.CharField(
                                choices=[
                                    ("full_text", "Full text at hand"),
                                    ("law_text_found", "Text of the article found"),
                                    ("secondary", "From a secondary source"),
                                    ("from_memory", "From memory, to be checked"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("position", models.PositiveIntegerField(default=0)),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="provisions",
                                to="policy.document",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "policy_provision",
                        "ordering": ["document_id", "position", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("certainty__in", ["full_text", "law_text_found", "secondary", "from_memory"])
                                ),
                                name="policy_provision_certainty_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("duty_en__regex", "\\S"),
                                    ("duty_zh__regex", "\\S"),
                                    ("heading_en__regex", "\\S"),
                                    ("heading_zh__regex", "\\S"),
                                    ("number__regex", "\\S"),
                                ),
                                name="policy_provision_has_heading_and_duty",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="policy_provision_has_a_real_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("retired_at__isnull", True),
                                    ("retired_at__gte", models.F("loaded_at")),
                                    _connector="OR",
                                ),
                                name="policy_provision_is_retired_after_it_was_loaded",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("retired_at__isnull", True)),
                                expressions=[
                                    (
                                        models.Func(
                                            models.F("key"),
                                            models.F("key"),
                                            models.Value("[]"),
                                            function="policy_words",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="policy_provision_of_one_key_never_overlaps",
                            ),
                        ],
                        "indexes": [models.Index(fields=["key"], name="policy_provision_by_key")],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("loaded_at", models.DateTimeField(editable=False)),
                        ("retired_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("label", models.CharField(max_length=40)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("in_force", "In force"),
                                    ("superseded", "Superseded"),
                                    ("repealed", "Repealed"),
                                    ("reported", "Report of experience"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("issued_on", models.DateField(blank=True, null=True)),
                        ("in_force_on", models.DateField(blank=True, null=True)),
                        ("during", django.contrib.postgres.fields.ranges.DateRangeField()),
                        (
                            "certainty",
                            models.CharField(
                                choices=[
                                    ("full_text", "Full text at hand"),
                                    ("law_text_found", "Text of the article found"),
                                    ("secondary", "From a secondary source"),
                                    ("from_memory", "From memory, to be checked"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("source_zh", models.CharField(max_length=500)),
                        ("source_en", models.CharField(max_length=500)),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="policy.document",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "policy_document_version",
                        "ordering": ["document_id", "during", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status__in", ["draft", "in_force", "superseded", "repealed", "reported"])
                                ),
                                name="policy_version_status_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("certainty__in", ["full_text", "law_text_found", "secondary", "from_memory"])
                                ),
                                name="policy_version_certainty_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("label__regex", "\\S"), ("source_en__regex", "\\S"), ("source_zh__regex", "\\S")
                                ),
                                name="policy_version_has_a_label_and_names_its_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("during__isempty", False), ("during__lower_inf", False)),
                                name="policy_version_has_a_real_period",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("retired_at__isnull", True),
                                    ("retired_at__gte", models.F("loaded_at")),
                                    _connector="OR",
                                ),
                                name="policy_version_is_retired_after_it_was_loaded",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "draft"), _negated=True),
                                    ("in_force_on__isnull", True),
                                    _connector="OR",
                                ),
                                name="policy_version_in_draft_is_not_in_force",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("retired_at__isnull", True)),
                                fields=("document", "label"),
                                name="policy_version_label_stands_once",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(
                                    ("retired_at__isnull", True), ("status__in", ["in_force", "superseded", "repealed"])
                                ),
                                expressions=[
                                    (
                                        models.Func(
                                            django.db.models.functions.comparison.Cast(
                                                models.F("document"), models.BigIntegerField()
                                            ),
                                            django.db.models.functions.comparison.Cast(
                                                models.F("document"), models.BigIntegerField()
                                            ),
                                            models.Value("[]"),
                                            function="int8range",
                                        ),
                                        "&&",
                                    ),
                                    ("during", "&&"),
                                ],
                                name="policy_version_in_force_is_the_only_one",
                            ),
                        ],
                    },
                ),
            ]
        ),
    ]
