"""Keys of departments' programs, what of their cases they are told, and events that were given up."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

#: As in 0007, and besides: the program of a body is told all that happens to a case which a member of the body sees
#: because it is the body's work (``models.reach.work_of``): never a sealed one, and none that complains of the body.
QUEUE = """
CREATE OR REPLACE FUNCTION cases_queue_deliveries() RETURNS trigger LANGUAGE plpgsql AS $body$
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
    JOIN territory_unit reach ON reach.id = k.unit_id
    WHERE (starts_with(u.path, reach.path)
           AND e.told AND c.confidentiality = 'public' AND NOT c.is_hidden AND e.kind IN (
        'received', 'moved', 'dispatched', 'rated', 'escalated', 'disputed', 'ruled', 'suspended', 'resumed',
        'extended', 'recomputed', 'joined', 'split'))
       OR (k.body_id IS NOT NULL AND c.confidentiality <> 'sealed' AND c.about_body_id IS DISTINCT FROM k.body_id
           AND (c.body_id = k.body_id
                OR EXISTS (SELECT 1 FROM cases_call o
                           WHERE o.case_id = c.id AND o.body_id = k.body_id AND o.state <> 'withdrawn')
                OR EXISTS (SELECT 1 FROM cases_casepart p
                           WHERE p.case_id = c.id AND p.body_id = k.body_id AND p.left_at IS NULL)))
    ORDER BY e.id, s.id;
    RETURN NULL;
END $body$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION cases_queue_deliveries() RETURNS trigger LANGUAGE plpgsql AS $body$
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
"""
#: Eight waits between nine attempts, and no word that it was taken.
GIVEN_UP = """
UPDATE cases_delivery SET given_up = true
WHERE attempts > 8 AND done_at IS NOT NULL AND answer NOT LIKE 'answered 2%' AND answer <> 'not sent'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("bodies", "0001_bodies"),
        ("cases", "0018_repeats"),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="apikey",
            name="body",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="bodies.body",
            ),
        ),
        migrations.RemoveConstraint(model_name="apikey", name="api_key_kind_is_known"),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                name="api_key_kind_is_known", condition=Q(kind__in=["open311", "sensor", "exchange", "partner"])
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                name="api_key_of_a_partner_names_its_body",
                condition=Q(kind="partner", body__isnull=False) | ~Q(kind="partner") & Q(body__isnull=True),
            ),
        ),
        migrations.AddField(
            model_name="delivery", name="given_up", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(GIVEN_UP, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                name="delivery_given_up_is_done_with", condition=Q(given_up=False) | Q(done_at__isnull=False)
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["subscription", "id"], name="delivery_given_up", condition=Q(given_up=True)),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["body", "changed_at", "id"], name="case_changed_of_body", condition=Q(body__isnull=False)
            ),
        ),
        migrations.RunSQL(QUEUE, AS_BEFORE),
    ]
