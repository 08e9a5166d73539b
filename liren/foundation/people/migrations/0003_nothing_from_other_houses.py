"""allauth's tables stay as empty as we promise: no e-mail address, no profile from another house, no token."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_guards"),
        ("account", "0001_initial"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE account_emailaddress ADD CONSTRAINT people_no_email_is_kept CHECK (false);",
            "ALTER TABLE account_emailaddress DROP CONSTRAINT people_no_email_is_kept;",
        ),
        migrations.RunSQL(
            "ALTER TABLE socialaccount_socialaccount ADD CONSTRAINT people_no_foreign_profile_is_kept"
            " CHECK (extra_data = '{}'::jsonb);",
            "ALTER TABLE socialaccount_socialaccount DROP CONSTRAINT people_no_foreign_profile_is_kept;",
        ),
        migrations.RunSQL(
            "ALTER TABLE socialaccount_socialtoken ADD CONSTRAINT people_no_token_is_kept CHECK (false);",
            "ALTER TABLE socialaccount_socialtoken DROP CONSTRAINT people_no_token_is_kept;",
        ),
    ]
