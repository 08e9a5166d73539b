"""A duty rests on a provision that the library holds, or on another document in words, and never on both."""

from django.db import migrations, models
from django.db.models import Q

from liren.foundation.kernel.history import allow_column_change_sql, refuse_column_change_sql

BEFORE = ["body_id", "post_id", "kind", "text_zh", "basis"]
# A provision that is retired later keeps its row, and with it what a duty rested on: only the insert is asked.
HELD = """
CREATE FUNCTION bodies_duty_rests_on_a_provision() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (SELECT FROM policy_provision WHERE key = NEW.basis AND retired_at IS NULL) THEN
        RAISE EXCEPTION 'The library holds no provision %.', NEW.basis
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER duty_basis_is_in_the_library AFTER INSERT ON bodies_duty
    FOR EACH ROW WHEN (NEW.basis <> '') EXECUTE FUNCTION bodies_duty_rests_on_a_provision();
"""
HELD_BACK = """
DROP TRIGGER duty_basis_is_in_the_library ON bodies_duty;
DROP FUNCTION bodies_duty_rests_on_a_provision();
"""


class Migration(migrations.Migration):
    dependencies = [("bodies", "0003_duty_by_basis"), ("policy", "0002_guards")]

    operations = [
        migrations.AddField(
            "duty",
            "instrument",
            models.CharField(verbose_name="document", max_length=300, blank=True, default="", db_default=""),
        ),
        migrations.AddConstraint(
            "duty",
            models.CheckConstraint(
                name="duty_rests_on_a_provision_or_on_words", condition=Q(basis="") | Q(instrument="")
            ),
        ),
        migrations.RunSQL(allow_column_change_sql("bodies_duty"), refuse_column_change_sql("bodies_duty", *BEFORE)),
        migrations.RunSQL(
            refuse_column_change_sql("bodies_duty", *BEFORE, "instrument"), allow_column_change_sql("bodies_duty")
        ),
        migrations.RunSQL(HELD, HELD_BACK),
    ]
