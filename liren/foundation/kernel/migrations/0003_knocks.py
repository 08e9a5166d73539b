"""How often strangers knock at a door. The table is not logged: it is in no archive of the log and on no standby, and
empty after a crash, which forgets what need not be remembered."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_audit_chain")]

    operations = [
        migrations.CreateModel(
            name="Knock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("door", models.CharField(max_length=20)),
                ("who", models.BinaryField(max_length=32)),
                ("hour", models.PositiveSmallIntegerField()),
                ("in_hour", models.PositiveIntegerField()),
                ("in_day", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "kernel_knock",
                "constraints": [
                    models.UniqueConstraint(fields=("day", "door", "who"), name="knock_is_counted_in_one_row"),
                    models.CheckConstraint(condition=Q(hour__range=(0, 23)), name="knock_hour_is_of_a_day"),
                    models.CheckConstraint(
                        condition=Q(in_hour__gte=1, in_day__gte=F("in_hour")),
                        name="knock_day_holds_its_hour",
                    ),
                ],
            },
        ),
        migrations.RunSQL("ALTER TABLE kernel_knock SET UNLOGGED", "ALTER TABLE kernel_knock SET LOGGED"),
    ]
