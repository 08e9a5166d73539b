"""Pinyin and search tokens in bulk: helpers answer as one process does, in order, and leave nobody behind."""

import pytest
from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from liren.foundation.territory.engine import names
from liren.foundation.territory.services.imports import text

PAIRS = [(f"{a}{b}社区", f"{a}{b}社区居委会") for a in "东西南北中上下前后新" for b in "街路村庄河桥山塘园寺"] * 3


def test_few_names_need_no_helper():
    assert list(text.all_keys(PAIRS)) == names.keys_of(PAIRS)
    assert list(text.all_keys([])) == []


@pytest.mark.slow
def test_helpers_answer_in_order(monkeypatch):
    monkeypatch.setattr(text, "WORTH_HELPERS", 1)
    monkeypatch.setattr(text, "CHUNK", 7)
    monkeypatch.setattr(text.os, "cpu_count", lambda: 2)
    assert list(text.all_keys(PAIRS)) == names.keys_of(PAIRS)


@pytest.mark.slow
def test_a_helper_makes_whole_vectors_as_one_process_does_in_either_way():
    texts = [(short, f"Compound {n}", f"靠近{name}") for n, (short, name) in enumerate(PAIRS[:120])]
    with text.ahead("vectors_of") as ask:
        promised = [ask(texts[:60]), ask(texts[60:])]
        found = [pair for one in promised for pair in one.result()]
    assert found == names.vectors_of(texts) == names.vectors_of(texts, many=False)
    assert {"'东街'", "'compound'", "'靠近'"} <= set(found[0][1].split())


@pytest.mark.slow
def test_helpers_end_when_nobody_wants_the_rest(monkeypatch):
    started = []
    begin = text._helper

    def remembered(ask):
        started.append(begin(ask))
        return started[-1]

    monkeypatch.setattr(text, "WORTH_HELPERS", 1)
    monkeypatch.setattr(text, "CHUNK", 7)
    monkeypatch.setattr(text.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(text, "_helper", remembered)
    wanted = text.all_keys(PAIRS)
    next(wanted)
    wanted.close()
    assert [helper.poll() is not None for helper in started] == [True, True]


def test_words_lose_their_tones_as_in_the_package_itself():
    words = list(PHRASES_DICT.items())[::10]
    assert len(words) > 4_000
    for word, syllables in words:
        assert names.toneless([said[0] for said in syllables]) == lazy_pinyin(word), word
