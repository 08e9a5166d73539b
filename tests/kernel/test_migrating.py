"""Several tables in one step: the same tables and the same models as with a step for each."""

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState, StateApps
from django.db.migrations.writer import OperationWriter

from liren.foundation.kernel.migrating import CreateModels

STEP = CreateModels(
    [
        CreateModel("House", fields=[("id", models.BigAutoField(primary_key=True))]),
        CreateModel(
            "Door",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("house", models.ForeignKey("kernel.house", models.CASCADE)),
            ],
            options={"constraints": [models.CheckConstraint(name="door_has_a_number", condition=models.Q(id__gt=0))]},
        ),
    ]
)


def state() -> ProjectState:
    """A state whose models were drawn up before, as in the middle of a migration."""
    found = ProjectState()
    assert found.apps.get_models() == []
    return found


@pytest.mark.django_db
def test_the_tables_are_made_and_taken_away_again() -> None:
    before, after = state(), state()
    STEP.state_forwards("kernel", after)
    with connection.schema_editor() as editor:
        STEP.database_forwards("kernel", editor, before, after)
    door = after.apps.get_model("kernel", "Door")
    house = after.apps.get_model("kernel", "House").objects.create()
    assert door.objects.create(house=house).house == house
    with connection.cursor() as cursor:
        assert "door_has_a_number" in connection.introspection.get_constraints(cursor, "kernel_door")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        STEP.database_backwards("kernel", editor, after, before)
    with connection.cursor() as cursor:
        assert not {"kernel_door", "kernel_house"} & set(connection.introspection.table_names(cursor))


def test_models_are_drawn_up_once_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    render = StateApps.render_multiple
    monkeypatch.setattr(
        StateApps, "render_multiple", lambda self, found: (drawn.append(len(found)), render(self, found))
    )
    after = state()
    drawn.clear()
    STEP.state_forwards("kernel", after)
    assert drawn == []
    assert {one.__name__ for one in after.apps.get_models()} == {"House", "Door"}
    assert drawn == [2]


def test_it_can_be_written_into_a_file_and_says_what_it_makes() -> None:
    assert "CreateModels" in OperationWriter(STEP).serialize()[0]
    assert STEP.describe() == "Create models House, Door"
