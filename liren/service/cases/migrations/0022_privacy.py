"""A picture is released with an answer about faces and plates; what was released before stood under a button that said
"no face, no plate, no name", which is that answer.

What asks for refuge hangs on no account: whoever was sent a receipt goes on opening it by that."""

from django.db import migrations, models
from django.db.models import Q

ANSWERED = "UPDATE cases_casefile SET cover = 'nothing' WHERE published_at IS NOT NULL"
UNLINKED = """
UPDATE cases_case SET reporter_id = NULL WHERE sealed_to = 'refuge' AND reporter_id IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
OUTCOMES = [("justified", "Justified"), ("doubtful", "To be explained by the official"), ("wrong", "Not justified")]
LOOK = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("case", models.ForeignKey("cases.case", models.PROTECT, related_name="looks")),
    ("account", models.ForeignKey("people.account", models.PROTECT, related_name="+")),
    ("day", models.DateField()),
    ("first_at", models.DateTimeField()),
    ("last_at", models.DateTimeField()),
    ("times", models.PositiveIntegerField(default=1)),
    ("outcome", models.CharField(blank=True, choices=OUTCOMES, max_length=10)),
    ("reviewed_at", models.DateTimeField(blank=True, null=True)),
    ("review_note", models.CharField(blank=True, max_length=400)),
    ("reviewed_by", models.ForeignKey("people.account", models.PROTECT, blank=True, null=True, related_name="+")),
]
REVIEWED = [one for one, _words in OUTCOMES]
SOUND = [
    models.UniqueConstraint(
        condition=Q(outcome=""), fields=("case", "account", "day"), name="case_look_waits_once_a_day"
    ),
    models.CheckConstraint(
        condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, outcome="", review_note="")
        | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, outcome__in=REVIEWED),
        name="case_look_review_is_whole",
    ),
    models.CheckConstraint(
        condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=models.F("account")),
        name="case_look_is_reviewed_by_another",
    ),
    models.CheckConstraint(
        condition=Q(last_at__gte=models.F("first_at"), times__gte=1), name="case_look_ends_after_it_began"
    ),
]
PASS = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("nonce", models.BinaryField(max_length=16)),
    ("made_at", models.DateTimeField()),
    ("expires_on", models.DateField()),
    ("revoked_at", models.DateTimeField(blank=True, null=True)),
    ("case", models.OneToOneField("cases.case", models.PROTECT, related_name="service_pass")),
]
LASTING = [
    models.CheckConstraint(
        condition=Q(revoked_at__isnull=True) | Q(made_at__isnull=True) | Q(revoked_at__gte=models.F("made_at")),
        name="service_pass_revoked_after_it_was_made",
    ),
    models.CheckConstraint(
        condition=Q(expires_on__gt=models.F("made_at__date")), name="service_pass_ends_after_it_was_made"
    ),
    models.UniqueConstraint(fields=("nonce",), name="service_pass_number_is_its_own"),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_not_before_and_forum"), ("people", "0005_appointments")]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.AddField(
            "casefile",
            "cover",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=8),
        ),
        migrations.AddField("casefile", "shown", models.BinaryField(blank=True, null=True)),
        migrations.RunSQL(ANSWERED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "casefile",
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, cover="", shown__isnull=True)
                | Q(published_at__isnull=False, cover="nothing", shown__isnull=True)
                | Q(published_at__isnull=False, cover="blurred", shown__isnull=False),
                name="case_file_published_with_an_answer_about_faces",
            ),
        ),
        migrations.RunSQL(UNLINKED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=~Q(sealed_to="refuge") | Q(reporter__isnull=True),
                name="case_for_refuge_hangs_on_no_account",
            ),
        ),
        migrations.CreateModel(
            name="CaseLook",
            fields=LOOK,
        ),
        *(migrations.AddConstraint("caselook", one) for one in SOUND),
        migrations.AddIndex(
            "caselook", models.Index(condition=Q(outcome=""), fields=["-id"], name="case_look_unreviewed")
        ),
        migrations.CreateModel(name="ServicePass", fields=PASS),
        *(migrations.AddConstraint("servicepass", one) for one in LASTING),
        migrations.AddIndex(
            "servicepass",
            models.Index(condition=Q(revoked_at__isnull=True), fields=["expires_on"], name="service_pass_holds"),
        ),
    ]
