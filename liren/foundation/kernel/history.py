"""SQL for tables whose rows are appended and never changed. Plain strings, for ``migrations.RunSQL``.

``liren_refuse_change()`` is created by the kernel's first migration; a migration that uses it depends on that one.
"""

CREATE_REFUSE_CHANGE = """
CREATE FUNCTION liren_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'Rows of % are appended and never changed: % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Record a correction as a new row.', TABLE = TG_TABLE_NAME;
END $body$;
"""
DROP_REFUSE_CHANGE = "DROP FUNCTION liren_refuse_change();"


def refuse_change_sql(table: str) -> str:
    """Refuse UPDATE, DELETE and TRUNCATE of ``table`` for everybody, its owner included."""
    return f"""
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION liren_refuse_change();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION liren_refuse_change();
"""


def allow_change_sql(table: str) -> str:
    """The reverse of ``refuse_change_sql``, for migrations backwards."""
    return f"""
DROP TRIGGER {table}_is_never_emptied ON {table};
DROP TRIGGER {table}_is_append_only ON {table};
"""


def refuse_column_change_sql(table: str, *columns: str) -> str:
    """Refuse DELETE and TRUNCATE of ``table`` and UPDATE of the named columns; the others may still be set."""
    before, after = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"""
CREATE TRIGGER {table}_keeps_its_facts BEFORE UPDATE OF {", ".join(columns)} ON {table}
    FOR EACH ROW WHEN (({before}) IS DISTINCT FROM ({after}))
    EXECUTE FUNCTION liren_refuse_change();
CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION liren_refuse_change();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION liren_refuse_change();
"""


def allow_column_change_sql(table: str) -> str:
    """The reverse of ``refuse_column_change_sql``."""
    return f"""
DROP TRIGGER {table}_is_never_emptied ON {table};
DROP TRIGGER {table}_is_never_deleted ON {table};
DROP TRIGGER {table}_keeps_its_facts ON {table};
"""
