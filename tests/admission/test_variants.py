"""The table of characters that the engine and the migrations share."""

from hashlib import sha256
from importlib import import_module

from liren.foundation.admission import migrations
from liren.foundation.admission.engine.variants import GROUPS
from tests.conftest import ROOT

#: Each table that a migration wrote into databases, by its fingerprint; a new one is added, none is changed.
FROZEN = {"_characters_0004": "646d86cd2de76282"}


def test_what_a_migration_wrote_never_changes_and_the_engine_has_the_last_of_them() -> None:
    kept = {path.stem for path in (ROOT / "liren/foundation/admission/migrations").glob("_characters_*.py")}
    tables = {name: import_module(f"{migrations.__name__}.{name}").GROUPS for name in sorted(kept)}
    assert {name: sha256(table.encode()).hexdigest()[:16] for name, table in tables.items()} == FROZEN
    assert tables[max(tables)] == GROUPS
