"""Work under a name of the negative list: refused by the gate where its admission is for something else."""

from datetime import timedelta

import pytest

from liren.foundation.admission import services
from liren.foundation.admission.engine.titles import near
from liren.foundation.admission.models import Refusal
from liren.foundation.admission.services import NotAdmitted
from tests.admission.test_gate import TOMORROW, handing, insert, negative, refused
from tests.make import admission as make

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R352")
@pytest.mark.parametrize("title", ["报刊摊派", "報刊攤 派·二期", "2026年招聘指标"])
def test_work_named_as_on_the_negative_list_is_refused_under_an_admission_for_something_else(here, title):
    under, ledgers = make.admission(here), make.admission(here, work_type="ledger")
    handing(here, under, title_zh=title)
    negative(here)
    before = Refusal.objects.filter(sender=here.department).count()
    with pytest.raises(NotAdmitted, match="negative list") as caught:
        handing(here, under, title_zh=title)
    assert caught.value.why == "gate_work_is_not_on_the_negative_list"
    with pytest.raises(NotAdmitted, match="negative list"):
        services.open_ledger(
            community_id=here.town.willow.pk, name_zh=title, sender_id=here.department.pk, admission_id=ledgers.pk,
            given_on=TOMORROW, **make.BY,
        )  # fmt: skip
    line = services.Line(2, make.task(here, under, title_zh=title, given_on=TOMORROW + timedelta(days=1)))
    assert services.hand_out([line], sender_id=here.department.pk, **make.BY).refused == 1
    assert Refusal.objects.filter(sender=here.department).count() == before + 3
    with refused("gate_work_is_not_on_the_negative_list"):
        insert(here, admission_id=under.pk, title_zh=title)
    assert services.take_up(make.task(here, None, title_zh=title), **make.BY).title_zh == title


def test_what_was_admitted_under_that_name_before_is_left_to_the_committee_and_another_kind_is_not_meant(here):
    under, form = make.admission(here, title_zh="报刊摊派情况"), make.admission(here, work_type="form")
    negative(here, work_type="task")
    assert len(handing(here, under, title_zh="报刊摊派情况第二季度")) == 1
    assert len(handing(here, form, title_zh="报刊摊派情况表")) == 1
    with pytest.raises(NotAdmitted):
        handing(here, under, title_zh="招聘指标")


@pytest.mark.parametrize(
    ("title", "is_near"),
    [
        ("招聘的指标", True),
        ("招聘任标", True),
        ("年招指标", True),
        ("招聘指标", False),
        ("招聘计划", False),
        ("摊牌", False),
    ],
)
def test_a_name_that_differs_by_one_character_is_near(title, is_near):
    assert near(title, ["招聘指标", "摊派"]) == (["招聘指标"] if is_near else [])
