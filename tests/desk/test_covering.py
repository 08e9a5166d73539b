"""A picture is looked at before everybody sees it: what is drawn, typed or ticked is covered on every public page."""

import pytest

from liren.service.cases.services import Upload
from tests import make
from tests.make import cases
from tests.make.portal import City

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R078")]


@pytest.fixture
def case(city: City):
    cases.declare()
    return cases.reported(city.communities[0], files=[Upload("灯.png", cases.picture("PNG"))])


@pytest.fixture
def worker(city: City):
    return make.official("community_worker", city.communities[0])


@pytest.fixture
def at(case):
    return f"/desk/cases/{case.number}/files/{case.files.get().pk}/"


def sent(client, worker, at, **fields):
    make.sign_in(client, worker)
    return client.post(f"{at}publish/", make.form(worker, **fields))


def test_the_page_shows_the_picture_and_asks(client, worker, at):
    make.sign_in(client, worker)
    shown = client.get(f"{at}publish/").content.decode()
    assert f'src="{at}"' in shown
    assert shown.count('name="cells"') == 108
    assert shown.count('name="cover"') == 2
    english = client.get(f"/en{at}publish/").content.decode()
    assert "Row 9, column 12" in english


@pytest.mark.parametrize(
    "wrong",
    [{}, {"cover": "blurred"}, {"cover": "nothing", "cells": ["1-1"]}, {"cover": "blurred", "cells": ["10-1"]},
     {"cover": "blurred", "left": "0", "top": "0", "width": "x", "height": "1"},
     {"cover": "blurred", "left": "90", "top": "0", "width": "20", "height": "1"}],
)  # fmt: skip
def test_without_an_answer_that_holds_nothing_is_shown_and_what_was_typed_stays(client, worker, at, case, wrong):
    reply = sent(client, worker, at, **wrong)
    assert reply.status_code == 422
    assert case.files.get().published_at is None
    if "left" in wrong:
        assert f'value="{wrong["left"]}"' in reply.content.decode()


@pytest.mark.parametrize(
    "areas",
    [{"cells": ["1-1", "9-12"]}, {"left": ["10", ""], "top": ["10", ""], "width": ["30.5", ""], "height": ["20", ""]}],
)
def test_cells_and_numbers_are_covered_for_everybody(client, worker, at, case, areas):
    public = f"/cases/{case.number}/files/{case.files.get().pk}/"
    assert client.get(public).status_code == 404
    assert sent(client, worker, at, cover="blurred", **areas).status_code == 303
    file = case.files.get()
    assert client.get(at).content == bytes(file.content)
    assert client.get(f"{at}?as=public").content == bytes(file.shown) != bytes(file.content)
    assert "Everybody sees it like this" in client.get(f"/en{at}publish/").content.decode()
    client.logout()
    for address in (public, f"{public}?as=work", f"/en{public}"):
        assert client.get(address).content == bytes(file.shown)
    found = client.get(f"/api/cases/{case.number}/").json()
    assert [client.get(one).content for one in found["files"]] == [bytes(file.shown)]
    assert client.get(at).status_code in (302, 403, 404)
    assert sent(client, worker, at, back="1").status_code == 303
    assert client.get(f"{at}?as=public").status_code == 404
    client.logout()
    assert client.get(public).status_code == 404


def test_somebody_else_s_answer_is_not_overwritten(client, worker, at, case):
    assert sent(client, worker, at, cover="nothing").status_code == 303
    assert sent(client, worker, at, cover="blurred", cells=["1-1"]).status_code == 409
    assert case.files.get().cover == "nothing"


def test_who_does_not_moderate_there_sees_no_form(client, city, at):
    stranger = make.official("community_worker", city.communities[1])
    assert sent(client, stranger, at, cover="nothing").status_code == 403
    assert client.get(f"{at}publish/").status_code == 403
