"""The table of Django's database cache (settings: CACHES): login throttling must hold over all web processes."""

from django.db import migrations

MAKE = """
CREATE UNLOGGED TABLE kernel_cache (
    cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX kernel_cache_by_expiry ON kernel_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_audit_chain")]

    operations = [migrations.RunSQL(MAKE, "DROP TABLE kernel_cache;")]
