"""The sorter learns from messages, suggests with its reasons, is kept as arrays and runs nothing out of them."""

import io
import random
import sys

import numpy as np
import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases.engine import sorter, training
from liren.service.cases.models import Case, Sorter
from liren.service.cases.queries import sorter as queries
from liren.service.cases.services.sorter import train_sorter
from tests.make import cases

LAMPS = ["路灯不亮了", "路灯坏了一个月", "晚上路灯很暗", "灯杆歪了，路灯不亮", "楼下路灯一闪一闪"]
WASTE = ["垃圾没人清运", "垃圾桶满了", "楼道堆放垃圾", "垃圾站味道很大", "建筑垃圾倒在路边"]
PLACES = ["东街", "西巷", "河边", "三号楼", "学校门口", "菜市场旁", "桥头", "公园里"]


def messages(number=120, seed=1):
    """Made-up messages of two categories."""
    chance = random.Random(seed)
    pairs = []
    for turn in range(number):
        words, label = ((LAMPS, "lamp"), (WASTE, "waste"))[turn % 2]
        pairs.append((f"{chance.choice(PLACES)}{chance.choice(words)}，第{turn}次反映{chance.choice(PLACES)}", label))
    return pairs


@pytest.fixture(scope="module")
def model():
    texts, labels = zip(*messages(), strict=True)
    return training.train(texts, labels, 2.0)


def test_ngrams_stay_inside_pieces_and_look_alike():
    assert sorter.grams("路灯，A３") == ["路", "灯", "路灯", "a", "0", "a0"]
    assert sorter.grams("路 灯\n坏") == sorter.grams("路灯坏")
    assert sorter.grams("") == sorter.grams("。！？") == []
    assert len(sorter.grams("字" * 10_000)) == sum(sorter.MOST_TEXT - n for n in range(sorter.LONGEST))


def test_a_suggestion_says_why(model):
    first = sorter.suggest(model, "我们小区的路灯不亮，晚上很暗")[0]
    assert first.category == "lamp"
    assert 0.5 < first.share <= 1
    assert "路灯" in [reason.gram for reason in first.reasons]
    assert all(reason.gram in "我们小区的路灯不亮，晚上很暗" for reason in first.reasons)
    assert [reason.weight for reason in first.reasons] == sorted((r.weight for r in first.reasons), reverse=True)


@pytest.mark.parametrize("text", ["", " ", "。。。", "\x00", "zzzz", "\U0001f600", "\ud800"])
def test_nothing_is_suggested_for_what_says_nothing(model, text):
    assert sorter.suggest(model, text) == []


def test_only_categories_asked_for_are_suggested(model):
    assert [one.category for one in sorter.suggest(model, "路灯不亮", among={"waste"})] == ["waste"]
    assert sorter.suggest(model, "路灯不亮", among={"fire"}) == []
    assert sum(one.share for one in sorter.suggest(model, "路灯不亮", least=0)) == pytest.approx(1, abs=0.001)


def test_the_arrays_say_what_the_library_says(model):
    texts, labels = zip(*messages(), strict=True)
    terms, counts = training.count(texts)
    theirs = training._fitted(counts, np.array(labels)).margins(counts)
    ours = np.array([sorter.margins(model, text) for text in texts])
    assert np.abs(ours - theirs).max() < 1e-5
    assert len(terms) == len(model.terms)


def test_what_few_wrote_is_not_learned():
    texts, labels = zip(*messages(), strict=True)
    named = [f"{text}张小甲" if turn < sorter.FEWEST - 1 else text for turn, text in enumerate(texts)]
    assert not any("小甲" in term for term in training.train(named, labels).terms.tolist())
    named = [f"{text}张小甲" if turn < sorter.FEWEST else text for turn, text in enumerate(texts)]
    assert any("小甲" in term for term in training.train(named, labels).terms.tolist())


def test_packed_and_unpacked_it_is_the_same(model):
    again = sorter.unpacked(sorter.packed(model))
    assert sorter.suggest(again, "垃圾桶满了") == sorter.suggest(model, "垃圾桶满了")
    assert sorter.packed(again) == sorter.packed(model)


def _npz(**arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def _parts(model, **changes):
    facts = {"format": np.array(1, dtype=np.int32), "categories": np.array(model.categories), "terms": model.terms,
             "idf": model.idf, "weights": model.weights, "bias": model.bias, "scale": np.array(1.0)}  # fmt: skip
    return {**facts, **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"terms": np.array([{"run": "me"}], dtype=object)},  # would be a pickle inside
        {"format": np.array(2)},
        {"idf": np.zeros(3, dtype=np.float32)},
        {"weights": np.zeros((3, 3), dtype=np.float32)},
        {"bias": np.array([np.nan, 0], dtype=np.float32)},
        {"scale": np.array(0.0)},
        {"categories": np.array(["lamp", "lamp"])},
        {"terms": np.array(["乙", "甲"])},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_other_arrays_are_refused(model, changes):
    assert sorter.unpacked(_npz(**_parts(model))).categories == ("lamp", "waste")
    with pytest.raises(sorter.BadModel):
        sorter.unpacked(_npz(**_parts(model, **changes)))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04K\x01.", b"x" * 1000])
def test_other_bytes_are_refused(content):
    with pytest.raises(sorter.BadModel):
        sorter.unpacked(content)


def test_the_report_is_of_messages_not_seen():
    texts, labels = zip(*messages(), strict=True)
    told = []
    report = training.cross_validated(texts, labels, progress=lambda *stage: told.append(stage))
    assert report.macro_f1 == 1
    assert [(one.category, one.messages) for one in report.classes] == [("lamp", 60), ("waste", 60)]
    assert told == [("parts", n, 5) for n in range(1, 6)]
    chance = random.Random(3)
    shuffled = training.cross_validated(texts, [chance.choice(["lamp", "waste"]) for _ in labels])
    assert shuffled.macro_f1 < 0.7, "what can't be known is not known"


def test_too_few_messages_teach_nothing():
    with pytest.raises(training.TooFew):
        training.learnable(["路灯"], ["lamp"])
    with pytest.raises(training.TooFew):
        training.train(["甲", "乙"], ["lamp", "waste"])


def test_pages_never_load_the_heavy_libraries():
    """Read in a process of its own: other tests have loaded them here. SciPy comes with a question."""
    import subprocess

    code = (
        "import sys; from liren import cli; cli.django();"
        "from liren.service.cases.queries import sorter; from liren.service.cases.services import sorter;"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "sys.exit(bool({'sklearn', 'scipy', 'highspy', 'distributed'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- in the database ---


def trained(type, **changes):
    return train_sorter(type, messages(), **{"source": "made-up messages", **cases.BY, **changes})


@pytest.mark.django_db
def test_a_sorter_is_put_in_use_and_takes_the_place_of_the_last():
    type = cases.declare()
    assert queries.suggest("路灯不亮", type) == []
    first = trained(type).sorter
    assert queries.suggest("路灯不亮", type)[0].category == "lamp"
    second = trained(type).sorter
    assert [one.pk for one in Sorter.objects.filter(retired_at=None)] == [second.pk]
    assert first.digest == second.digest, "the same messages give the same sorter"
    assert queries.sorter_of(type).report["macro_f1"] == 1
    facts = AuditEntry.objects.filter(action="cases.train").last().facts
    assert (facts["name"], facts["messages"], facts["digest"]) == ("request", 120, second.digest)


@pytest.mark.django_db
def test_a_dry_run_writes_nothing_and_labels_may_be_renamed():
    type = cases.declare()
    pairs = [(text, {"lamp": "灯", "waste": "垃圾"}[label]) for text, label in messages()] + [("别的事", "其他")]
    found = train_sorter(type, pairs, source="x", names={"灯": "lamp", "垃圾": "waste"}, dry_run=True, **cases.BY)
    assert (found.sorter, found.unknown, found.report.messages) == (None, {"其他": 1}, 120)
    assert not Sorter.objects.exists()


@pytest.mark.django_db
def test_a_sorter_that_was_changed_is_not_used():
    type = cases.declare()
    made = trained(type).sorter
    other = sorter.packed(training.train(*zip(*messages(seed=2), strict=True)))
    Sorter.objects.filter(pk=made.pk).update(content=other)
    queries._model.cache_clear()
    assert queries.suggest("路灯不亮", type) == []


@pytest.mark.django_db
def test_who_may_train_and_on_what():
    type = cases.declare()
    with pytest.raises(NotAllowed):
        train_sorter(type, messages(), source="x", by=ANONYMOUS, at=cases.NOW)
    with pytest.raises(BadInput):
        train_sorter(type, messages(8), source="x", **cases.BY)
    with pytest.raises(BadInput):
        train_sorter(cases.sealed(), messages(), source="x", **cases.BY)


def test_it_learns_from_closed_cases_that_anybody_may_read(scene):
    unit, by = scene.town.community, scene.resident
    kept = cases.reported(unit, text="路灯不亮", category="lamp", by=by)
    hidden = cases.reported(unit, text="藏起来的", category="lamp", by=by)
    cases.reported(unit, text="还没办", category="lamp", by=by)
    cases.moved(cases.reported(unit, text="不用了", category="waste", by=by), "withdraw", by=by)
    for case in (kept, hidden):
        cases.moved(cases.answered(case, scene.department, scene.worker, scene.clerk), "confirm", by=by,
                    values={"solved": "yes"})  # fmt: skip
    Case.objects.filter(pk=hidden.pk).update(is_hidden=True)
    assert queries.learned_from(cases.type_of("request")) == [("路灯不亮", "lamp")]


@pytest.mark.django_db
def test_the_database_refuses_impossible_sorters():
    made = trained(cases.declare()).sorter
    with pytest.raises(IntegrityError, match="sorter_says_what_it_was_trained_on"), transaction.atomic():
        Sorter.objects.filter(pk=made.pk).update(trained_on=" ")
    made.pk = None
    with pytest.raises(IntegrityError, match="sorter_in_use_is_one"), transaction.atomic():
        made.save(force_insert=True)
