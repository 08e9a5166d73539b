"""Generated pages say what the code says, and every state table can be lived through."""

import pytest

from liren.foundation.kernel.engine.states import check_table
from script.tools import reference


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_the_generated_page_is_fresh(name):
    assert (reference.FOLDER / name).read_text(encoding="utf-8") == reference.written(name), "run script/reference"


@pytest.mark.parametrize("table", reference.tables(), ids=lambda table: table.name)
def test_every_state_table_of_the_house_is_sound(table):
    assert check_table(table) == []


def test_there_are_state_tables():
    assert {"residency"} <= {table.name for table in reference.tables()}
