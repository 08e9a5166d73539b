"""What happens to a public case is queued for its subscribers in the same transaction, whichever door wrote it.

Only the story that everybody reads: kinds as in ``queries.timeline.OPEN_KINDS``, of cases that are public and not
hidden at that moment. Whether they still are is asked again before anything is sent.
"""

from django.db import migrations

QUEUE = """
CREATE FUNCTION cases_queue_deliveries() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM cases_subscription WHERE ended_at IS NULL) THEN
        RETURN NULL;
    END IF;
    INSERT INTO cases_delivery (subscription_id, event_id, attempts, next_at, answer)
    SELECT s.id, e.id, 0, e.at, ''
    FROM fresh e
    JOIN cases_case c ON c.id = e.case_id
    JOIN territory_unit u ON u.id = c.unit_id
    JOIN policy_declaration d ON d.id = c.type_id
    JOIN cases_subscription s ON s.ended_at IS NULL AND (s.types = '[]'::jsonb OR s.types @> to_jsonb(d.code::text))
    JOIN cases_apikey k ON k.id = s.key_id AND k.ended_at IS NULL
    JOIN territory_unit reach ON reach.id = k.unit_id AND starts_with(u.path, reach.path)
    WHERE e.told AND c.confidentiality = 'public' AND NOT c.is_hidden AND e.kind IN (
        'received', 'moved', 'dispatched', 'rated', 'escalated', 'disputed', 'ruled', 'suspended', 'resumed',
        'extended', 'recomputed', 'joined', 'split')
    ORDER BY e.id, s.id;
    RETURN NULL;
END $body$;
CREATE TRIGGER cases_caseevent_is_told_on AFTER INSERT ON cases_caseevent
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION cases_queue_deliveries();
"""
NO_QUEUE = """
DROP TRIGGER cases_caseevent_is_told_on ON cases_caseevent;
DROP FUNCTION cases_queue_deliveries();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_topics")]

    operations = [migrations.RunSQL(QUEUE, NO_QUEUE)]
