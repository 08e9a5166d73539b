"""Every write of the gate."""

from liren.foundation.admission.services.admissions import (
    Wish,
    admit,
    admit_old,
    decide,
    end_admission,
    hear,
    record_application,
    support,
)
from liren.foundation.admission.services.agreements import appraise_agreement, sign_agreement
from liren.foundation.admission.services.bulk import HandReport, Line, Progress, hand_out
from liren.foundation.admission.services.burden import (
    close_ledger,
    count_burden,
    decide_fate,
    enter,
    fill_diary,
    open_ledger,
)
from liren.foundation.admission.services.gate import NotAdmitted, Work, passing, refused_before
from liren.foundation.admission.services.handing import (
    Task,
    accept,
    finish,
    hand_down,
    judge_outside,
    refuse_work,
    report_outside,
    take_up,
    withdraw_work,
)
from liren.foundation.admission.services.lists import (
    comment_on_list,
    draft_list,
    drop_list,
    open_comments,
    propose_change,
    publish_list,
)
from liren.foundation.admission.services.refusing import Refused, refuse_admitted
from liren.foundation.admission.services.reminding import remind
from liren.foundation.admission.services.texts import NoSuch

__all__ = [
    "HandReport", "Line", "NoSuch", "NotAdmitted", "Progress", "Refused", "Task", "Wish", "Work", "accept", "admit",
    "admit_old", "appraise_agreement", "close_ledger", "comment_on_list", "count_burden", "decide", "decide_fate",
    "draft_list", "drop_list", "end_admission", "enter", "fill_diary", "finish", "hand_down", "hand_out", "hear",
    "judge_outside", "open_comments", "open_ledger", "passing", "propose_change", "publish_list",
    "record_application", "refuse_admitted", "refuse_work", "refused_before", "remind", "report_outside",
    "sign_agreement", "support", "take_up", "withdraw_work",
]  # fmt: skip
