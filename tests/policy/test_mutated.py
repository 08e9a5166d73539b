"""A pack cut, mixed up, overwritten or filled with rubbish is answered with faults; the checker never stumbles."""

import random

from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.policy.engine.packs import read_packs
from tests.make import policy as make

NAMES = sorted(make.FILES)
JUNK = st.sampled_from(
    [b"", b"=", b"[", b"]]", b'"', b"'''", b"{", b"\x00", b"\xff", b"\n", b"nan", b"1e9", b"9999-99-99", b"2017-01-01",
     b"[[parameters]]\n", b'"\\u0000"', b"a.b.c = 1\n", b"true", "“".encode(), b"[[]]", b"-inf", b"#"]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.integers(0, 2000), st.integers(0, 40), JUNK | st.binary(max_size=8)),
    min_size=1,
    max_size=4,
)


@given(EDITS)
def test_mutated_packs_never_make_it_stumble(tmp_path_factory, edits):
    root = make.packs(tmp_path_factory.mktemp("mutated"))
    for name, place, length, junk in edits:
        raw = (root / name).read_bytes()
        start = place % (len(raw) + 1)
        (root / name).write_bytes(raw[:start] + junk + raw[start + length :])
    _sound(root)


SCALARS = st.none() | st.booleans() | st.integers(-5, 10**20) | st.text(max_size=5)
TOML = {True: "true", False: "false", None: '""'}


@given(st.sampled_from(NAMES), st.randoms(use_true_random=False), SCALARS)
def test_values_of_other_types_never_make_it_stumble(tmp_path_factory, name, chance: random.Random, value):
    """One value of one file becomes another: number for text, text for table, list for date."""
    root = make.packs(tmp_path_factory.mktemp("typed"))
    lines = (root / name).read_text().splitlines()
    number = chance.choice([number for number, line in enumerate(lines) if " = " in line])
    written = TOML.get(value) if isinstance(value, bool) or value is None else repr(str(value)).replace("\\", "")
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else written
    wrapped = chance.choice([f"{written}", f"[{written}]", f"{{ zh = {written} }}", f"[[{written}], 1.5]"])
    lines[number] = f"{lines[number].partition(' = ')[0]} = {wrapped}"
    make.put(root, name, "\n".join(lines))
    _sound(root)


def _sound(root):
    reading = read_packs(root)
    for fault in reading.faults:
        assert fault.file.startswith("packs")
        assert fault.line >= 0
        assert fault.message
        assert fault.mend
        str(fault).encode("utf-8")
