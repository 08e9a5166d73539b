"""What was loaded is never edited: a row may be retired, once, and that is all that can happen to it."""

from django.db import migrations

from liren.foundation.kernel.history import (
    allow_change_sql,
    allow_column_change_sql,
    refuse_change_sql,
    refuse_column_change_sql,
)

# Not among them: the position of a provision, which is only the order of reading.
FACTS = {
    "policy_document_version": "id document_id label status issued_on in_force_on during certainty source_zh source_en"
    " loaded_at",
    "policy_provision": "id key document_id number place heading_zh heading_en duty_zh duty_en requirements versions"
    " during certainty loaded_at",
    "policy_parameter": "id code jurisdiction_id document_id provision_key name_zh name_en operator value high unit"
    " attribute scope_zh scope_en phrase note_zh note_en requirements during loaded_at",
    "policy_declaration_version": "id declaration_id number jurisdiction_id document_id basis content fingerprint"
    " loaded_at loaded_by",
}
# Names and notes of these may be put right; who they are stays.
IDENTITIES = {"policy_jurisdiction": "id code", "policy_document": "id key jurisdiction_id"}
APPENDED = ["policy_declaration", "policy_load"]


def once(table: str) -> migrations.RunSQL:
    """A retired row stays retired, and from the same moment."""
    return migrations.RunSQL(
        f"""
CREATE TRIGGER {table}_is_retired_once BEFORE UPDATE OF retired_at ON {table}
    FOR EACH ROW WHEN (OLD.retired_at IS NOT NULL AND OLD.retired_at IS DISTINCT FROM NEW.retired_at)
    EXECUTE FUNCTION liren_refuse_change();
""",
        f"DROP TRIGGER {table}_is_retired_once ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_documents"), ("kernel", "0001_initial")]

    operations = [
        *[
            migrations.RunSQL(refuse_column_change_sql(table, *columns.split()), allow_column_change_sql(table))
            for table, columns in {**FACTS, **IDENTITIES}.items()
        ],
        *[once(table) for table in FACTS],
        *[migrations.RunSQL(refuse_change_sql(table), allow_change_sql(table)) for table in APPENDED],
    ]
