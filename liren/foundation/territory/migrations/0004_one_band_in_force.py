"""One band is in force at a time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0003_history"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="sizeband",
            constraint=models.UniqueConstraint(
                condition=models.Q(("during__upper_inf", True)),
                fields=("root", "measure", "kind", "character"),
                name="band_in_force_is_the_only_one_of_its_kind",
            ),
        ),
    ]
