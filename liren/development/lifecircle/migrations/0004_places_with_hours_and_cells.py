"""Opening hours of places, and the square in which each lies: the map of residents asks by it."""

from django.db import migrations, models
from django.db.models import F, Index
from django.db.models.functions import Cast, Floor

# Hundredths of a degree, row after row around the globe.
CELL = Cast(Floor(F("lat") * 100), models.IntegerField()) * 36_001 + Cast(Floor(F("lon") * 100), models.IntegerField())


class Migration(migrations.Migration):
    dependencies = [("lifecircle", "0003_fault_codes")]

    operations = [
        migrations.AddField(
            model_name="place",
            name="cell",
            field=models.GeneratedField(db_persist=True, expression=CELL, output_field=models.IntegerField()),
        ),
        migrations.AddField(
            model_name="place",
            name="hours",
            field=models.CharField(blank=True, db_default="", max_length=200, verbose_name="opening hours"),
        ),
        # What lies in the frame of a map: front.portal.lifecircle.maps.
        migrations.AddIndex(model_name="place", index=Index(fields=["table", "cell"], name="place_of_cell")),
    ]
