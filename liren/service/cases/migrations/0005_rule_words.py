"""The category of a dispatch rule is a word: told apart by a hash, since a word is no number."""

import django.contrib.postgres.constraints
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bodies", "0002_guards"),
        ("cases", "0004_figures"),
        ("policy", "0002_guards"),
        ("territory", "0005_spans_as_boxes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="dispatchrule",
            name="dispatch_rule_is_one_at_a_time",
        ),
        migrations.AddConstraint(
            model_name="dispatchrule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(models.F("type"), models.BigIntegerField()),
                            django.db.models.functions.comparison.Cast(models.F("type"), models.BigIntegerField()),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(models.F("unit"), models.BigIntegerField()),
                            django.db.models.functions.comparison.Cast(models.F("unit"), models.BigIntegerField()),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            models.Func(
                                models.F("category"),
                                output_field=models.BigIntegerField(),
                                template="(hashtextextended(%(expressions)s, 0) >> 1)",
                            ),
                            models.Func(
                                models.F("category"),
                                output_field=models.BigIntegerField(),
                                template="(hashtextextended(%(expressions)s, 0) >> 1)",
                            ),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        "&&",
                    ),
                    ("during", "&&"),
                ],
                name="dispatch_rule_is_one_at_a_time",
            ),
        ),
    ]
