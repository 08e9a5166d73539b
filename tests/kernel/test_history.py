"""The helpers for append-only tables and for ranges that may not overlap, on tables of their own."""

import pytest
from django.db import IntegrityError, connection, models, transaction

from liren.foundation.kernel import history, ranges

pytestmark = pytest.mark.django_db


def sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


@pytest.fixture
def _story() -> None:
    sql("CREATE TABLE story (id bigint, line text, closed_at date); INSERT INTO story VALUES (1, 'once', NULL)")


@pytest.mark.usefixtures("_story")
def test_an_append_only_table_takes_rows_and_keeps_them() -> None:
    sql(history.refuse_change_sql("story"))
    sql("INSERT INTO story VALUES (2, 'upon')")
    for attack in ("UPDATE story SET line = ''", "DELETE FROM story", "TRUNCATE story"):
        with pytest.raises(IntegrityError, match="Rows of story are appended"), transaction.atomic():
            sql(attack)
    sql(history.allow_change_sql("story"))
    sql("DELETE FROM story")


@pytest.mark.usefixtures("_story")
def test_a_table_may_keep_its_facts_and_let_the_rest_be_set() -> None:
    sql(history.refuse_column_change_sql("story", "id", "line"))
    sql("UPDATE story SET closed_at = '2026-06-01'; UPDATE story SET line = line")
    for attack in ("UPDATE story SET line = ''", "UPDATE story SET id = 9", "DELETE FROM story", "TRUNCATE story"):
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(attack)
    sql(history.allow_column_change_sql("story"))
    sql("DELETE FROM story")


def test_ranges_of_the_same_thing_may_not_overlap_and_need_no_extension() -> None:
    class Term(models.Model):
        holder = models.IntegerField()
        post = models.IntegerField()

        class Meta:
            app_label = "kernel"
            managed = False
            db_table = "term"

        def __str__(self) -> str:
            return "term"

    sql("CREATE TABLE term (id bigserial, holder int, post int, during daterange, over boolean DEFAULT false)")
    with connection.schema_editor() as editor:
        rule = ranges.no_overlap("term_is_held_once", "holder", "post")
        editor.execute(rule.create_sql(_with_during(Term), editor))
    sql("INSERT INTO term (holder, post, during) VALUES (1, 1, '[2026-01-01,2026-06-01)')")
    sql(
        "INSERT INTO term (holder, post, during) VALUES (1, 1, '[2026-06-01,)'), (1, 2, '[2026-01-01,)'), (2, 1, '(,)')"
    )
    with pytest.raises(IntegrityError, match="term_is_held_once"), transaction.atomic():
        sql("INSERT INTO term (holder, post, during) VALUES (1, 1, '[2026-05-31,2026-06-01)')")


def _with_during(model: type[models.Model]) -> type[models.Model]:
    from django.contrib.postgres.fields import DateRangeField

    DateRangeField().contribute_to_class(model, "during")
    return model
