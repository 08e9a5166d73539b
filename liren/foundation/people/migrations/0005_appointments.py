"""Roles that a law says how to fill: whose duty the appointing is, how somebody comes into them, by which decision."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q

WAYS = [("elected", "Elected"), ("engaged", "Engaged"), ("assigned", "Assigned")]


class Migration(migrations.Migration):
    dependencies = [("people", "0004_mandate_end_reason")]

    operations = [
        migrations.AddField("role", "appointed_by", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddField(
            "role",
            "ways",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=WAYS, max_length=10), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField("role", "ground_zh", models.TextField(blank=True, default="")),
        migrations.AddField("role", "ground_en", models.TextField(blank=True, default="")),
        migrations.AddField("mandate", "way", models.CharField(blank=True, choices=WAYS, db_default="", max_length=10)),
        migrations.AddField("mandate", "instrument", models.CharField(blank=True, db_default="", max_length=200)),
        migrations.AddConstraint(
            "role",
            models.CheckConstraint(
                condition=Q(appointed_by="", ground_zh="", ground_en="", ways__len=0)
                | ~Q(appointed_by="") & ~Q(ground_zh="") & ~Q(ground_en="") & Q(ways__len__gt=0),
                name="people_role_appointed_names_its_ground",
            ),
        ),
        migrations.AddConstraint(
            "mandate",
            models.CheckConstraint(
                condition=Q(instrument="", way="") | Q(way__in=["elected", "engaged", "assigned"]),
                name="people_mandate_instrument_says_how",
            ),
        ),
    ]
