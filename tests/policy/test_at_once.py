"""Loads at the same moment, and a load that is killed: with real commits."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from liren.foundation.policy import queries
from liren.foundation.policy.engine.difference import Difference
from liren.foundation.policy.models import DeclarationVersion, Load, Parameter
from tests.make import policy as make
from tests.make.kernel import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]


def test_two_first_loads_at_once_leave_everything_once(root):
    results = at_once(3, lambda number: make.load(root))
    assert all(isinstance(one, Difference) for one in results), results
    assert sorted(len(one.changes) for one in results) == [0, 0, 26]
    assert (Load.objects.count(), Parameter.objects.count(), DeclarationVersion.objects.count()) == (1, 8, 1)


def test_two_changes_at_once_follow_one_another(root, tmp_path):
    make.load(root)
    roots = [make.packs(tmp_path / str(number)) for number in range(2)]
    for number, other in enumerate(roots):
        make.edit(other, "north/opinion-2017/parameters.toml", "value = 30", f"value = 4{number}")
    results = at_once(2, lambda number: make.load(roots[number], 1))
    assert [len(one.changed) for one in results] == [1, 1]
    history = [int(one.value) for one in queries.parameter_history(make.AREA, "north")]
    assert sorted(history) == [30, 40, 41]
    assert Parameter.objects.current().filter(code=make.AREA, jurisdiction__code="north").count() == 1


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import django
django.setup()
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.policy.engine.kinds import declare_kind
from liren.foundation.policy.models import Parameter
from liren.foundation.policy.services import load_packs, loading
from tests.make.policy import THING
declare_kind(THING)
def kill(packs):
    print("written:", Parameter.objects.count(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
loading._order_provisions = kill
load_packs(Path(sys.argv[1]), by=SystemActor("test"), at=datetime(2026, 6, 1, tzinfo=UTC))
"""


def test_a_load_that_is_killed_in_the_middle_leaves_nothing(root):
    place = connection.settings_dict
    if place["PASSWORD"]:
        pytest.skip("the test server asks for a password")
    port = f"&port={place['PORT']}" if place["PORT"] else ""
    address = f"postgresql://{place['USER']}@/{place['NAME']}?host={place['HOST']}{port}"
    settings = {"DATABASE_URL": address, "DATABASE_OWNER_URL": address, "LIREN_ROLE": "owner"}
    settings |= {"DJANGO_SETTINGS_MODULE": "liren.config.settings", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(root)],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ran.stdout, ran.returncode) == ("written: 8\n", -9), ran.stderr
    assert (Load.objects.count(), Parameter.objects.count()) == (0, 0)
    assert len(make.load(root).changes) == 26
