"""The gate: work of an office reaches a community only under an admission that holds, whatever way it comes."""

from datetime import timedelta

import pytest

from liren.foundation.admission import services
from liren.foundation.admission.models import Assignment
from liren.foundation.admission.services import NotAdmitted
from tests.make import admission as make

pytestmark = pytest.mark.django_db
TOMORROW = make.TODAY + timedelta(days=1)


def handing(here, under, sender=None, **changes):
    sender_id = (sender or here.department).pk
    return services.hand_down([make.task(here, under, **changes)], sender_id=sender_id, **make.BY)


@pytest.mark.requirement("R348")
def test_what_was_admitted_is_handed_down(here):
    under = make.admission(here)
    (made,) = handing(here, under)
    assert (made.admission, made.community, made.sender, made.state) == (
        under, here.town.willow, here.department, "asked",
    )  # fmt: skip


@pytest.mark.requirement("R348")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"admission_id": None}, "gate_needs_an_admission"),
        ({"admission_id": 2**40}, "gate_needs_an_admission"),
        ({"work_type": "inspection"}, "gate_admission_is_of_this_kind"),
        ({"community_id": "plum"}, "gate_admission_reaches_this_community"),
        ({"given_on": make.END}, "gate_admission_holds_on_the_day"),
        ({"given_on": make.TODAY - timedelta(days=1)}, "gate_work_is_not_backdated"),
    ],
)
def test_what_was_not_admitted_is_refused(here, changes, why):
    under = make.admission(here)
    changes = {k: here.town.plum.pk if v == "plum" else v for k, v in changes.items()}
    with pytest.raises(NotAdmitted) as caught:
        handing(here, under, **changes)
    assert caught.value.why == why
    assert not Assignment.objects.exists()


def test_the_admission_of_another_body_is_no_admission(here):
    under = make.admission(here)
    with pytest.raises(NotAdmitted) as caught:
        handing(here, under, sender=here.other)
    assert caught.value.why == "gate_admission_is_of_this_sender"
