"""Every value of a text is found on the line where it stands."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.policy.engine.lines import Lines, lines_of

TEXT = '''\
# a comment with [brackets] and = signs
title = "one"
"quoted key" = 2
[first]
name = { zh = "一", en = "one" }
long = """
three
lines"""
list = [
  1,
  { deep = "x" }, # a ] in a comment
  "]",
]
[[rows]]
code = "a"
[rows.inner]
value = 1
[[rows]]
code = "b"
words = ['[', "=", "\\"]"]
last = 1
a.b = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("quoted key",), 3),
        (("first",), 4),
        (("first", "name"), 5),
        (("first", "name", "en"), 5),
        (("first", "long"), 6),
        (("first", "list", 0), 10),
        (("first", "list", 1, "deep"), 11),
        (("first", "list", 2), 12),
        (("rows", 0, "code"), 15),
        (("rows", 0, "inner", "value"), 17),
        (("rows", 1), 18),
        (("rows", 1, "words", 2), 20),
        (("rows", 1, "last"), 21),
        (("rows", 1, "a", "b"), 22),
        # What is not there: the nearest thing around it.
        (("rows", 1, "absent"), 18),
        (("absent",), 1),
        ((), 1),
    ],
)
def test_a_value_is_found_on_its_line(path, line):
    assert lines_of(TEXT).of(path) == line


def test_without_a_text_there_is_no_line():
    assert Lines().of(("anything",)) == 0


NAMES = st.text("abc_-", min_size=1, max_size=3)
VALUES = st.recursive(
    st.integers(0, 9) | st.text("ab\"'\\[]{}=,#.\n 一", max_size=5) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def written(value) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return str(value)


def ways(value, path=()):
    """The way to every value inside."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from ways(one, (*path, step))


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_whatever_is_written_is_found_again(content):
    text = "\n".join(f"{key} = {written(value)}" for key, value in content.items())
    assert tomllib.loads(text) == content
    found = lines_of(text)
    for number, (key, value) in enumerate(content.items(), 1):
        assert {found.of(path) for path in ways(value, (key,))} == {number}
        assert all(path in found.known for path in ways(value, (key,)))


@given(st.text("ab=[]{}\"'#.,\n\\ ", max_size=60))
def test_no_text_makes_it_stumble(text):
    assert lines_of(text).of(("a",)) >= 1
