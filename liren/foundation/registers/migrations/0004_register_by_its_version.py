"""A register is looked up with the version that its entry is written as, not once more by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_guards"), ("registers", "0003_closed_entries")]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="register",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to="policy.declaration",
            ),
        ),
    ]
