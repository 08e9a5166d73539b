"""What a load would change, in words."""

from decimal import Decimal

from liren.foundation.policy.engine.difference import Difference, compare

OLD = {"a": {"value": Decimal("30.000000"), "note": ""}, "gone": {"value": 1}}
NEW = {"a": {"value": Decimal("35"), "note": "x"}, "new": {"value": 2}}


def test_added_changed_and_retired_are_told_apart():
    difference = Difference(tuple(compare("number", OLD, NEW)))
    assert [(one.how, one.name) for one in difference.changes] == [
        ("retired", "gone"),
        ("changed", "a"),
        ("added", "new"),
    ]
    assert difference.counts() == {"number": {"added": 1, "changed": 1, "retired": 1}}
    assert str(difference).splitlines() == [
        "changed  number a",
        "         value: 30 → 35",
        "         note: nothing → x",
        "retired  number gone",
        "added    number new",
    ]


def test_the_same_is_no_difference():
    assert not Difference(tuple(compare("number", OLD, OLD)))
    assert str(Difference()) == "Nothing changes."


def test_a_declaration_shows_the_value_that_differs_and_not_its_fingerprint():
    old = {"lamp": {"fingerprint": "1", "content": {"colour": "red", "name": {"zh": "灯", "en": "Lamp"}}}}
    new = {"lamp": {"fingerprint": "2", "content": {"colour": "red", "name": {"zh": "路灯", "en": "Lamp"}, "on": True}}}
    (change,) = compare("declaration", old, new)
    assert change.lines() == [
        "changed  declaration lamp",
        "         content.name.zh: 灯 → 路灯",
        "         content.on: nothing → True",
    ]


def test_a_long_difference_is_cut_and_says_so():
    changes = compare("number", {}, {str(number): {"value": number} for number in range(50)})
    lines = Difference(tuple(changes)).lines(most=10)
    assert (len(lines), lines[-1]) == (11, "… and 40 lines more")
