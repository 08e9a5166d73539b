from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("bodies", "0002_guards")]

    operations = [
        migrations.AddIndex("duty", models.Index(fields=["basis", "id"], name="duty_by_basis", condition=~Q(basis=""))),
    ]
