"""Every write of this room. Functions, keyword-only, with the actor and the moment passed in; one transaction each."""

from liren.foundation.kernel.files import Upload
from liren.service.cases.services.choosing import note_read, subscribe, unsubscribe
from liren.service.cases.services.contacts import read_contact, reseal_contacts
from liren.service.cases.services.corrections import correct, correct_place, hide, restrict
from liren.service.cases.services.destruction import destroy_due
from liren.service.cases.services.faults import BadReport, OfJourney, Outdated
from liren.service.cases.services.files import publish_file, withdraw_file
from liren.service.cases.services.following import follow, followers_of, unfollow
from liren.service.cases.services.intake import Taken, report, uploads
from liren.service.cases.services.keys import Made, end_key, make_key, note_use
from liren.service.cases.services.leaving import forget
from liren.service.cases.services.looks import open_case, review_look
from liren.service.cases.services.moves import move
from liren.service.cases.services.notes import add_heard, add_note
from liren.service.cases.services.parts import add_part, consent, leave_part
from liren.service.cases.services.passes import (
    check_number,
    has_pass,
    holds,
    numbers_of,
    pass_of,
    renew_pass,
    revoke_pass,
)
from liren.service.cases.services.receipts import Holder, holder, key_of
from liren.service.cases.services.views import drop_view, save_view

__all__ = [
    "BadReport",
    "Holder",
    "Made",
    "OfJourney",
    "Outdated",
    "Taken",
    "Upload",
    "add_heard",
    "add_note",
    "add_part",
    "check_number",
    "consent",
    "correct",
    "correct_place",
    "destroy_due",
    "drop_view",
    "end_key",
    "follow",
    "followers_of",
    "forget",
    "hide",
    "holder",
    "has_pass",
    "holds",
    "key_of",
    "leave_part",
    "make_key",
    "move",
    "note_read",
    "note_use",
    "numbers_of",
    "open_case",
    "pass_of",
    "publish_file",
    "read_contact",
    "renew_pass",
    "report",
    "reseal_contacts",
    "restrict",
    "review_look",
    "revoke_pass",
    "save_view",
    "subscribe",
    "unfollow",
    "unsubscribe",
    "uploads",
    "withdraw_file",
]
