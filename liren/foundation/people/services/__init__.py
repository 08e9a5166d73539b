"""Every write of this room. Functions, keyword-only, with the actor and the moment passed in; one transaction each."""

from liren.foundation.people.register import ASKED, END
from liren.foundation.people.services.accounts import (
    add_leaving,
    correct_profile,
    enrol_totp,
    erase_account,
    recover_account,
    register_account,
    totp_code,
)
from liren.foundation.people.services.contacts import (
    account_by_phone,
    close_sealed_contact,
    open_sealed_contact,
    own_contacts,
    phone_of,
    read_sealed_contact,
    remove_contact,
    reseal,
    review_access,
    set_contact,
)
from liren.foundation.people.services.destruction import destroyed
from liren.foundation.people.services.export import add_section, dataset_name, export_own_data, summary_of
from liren.foundation.people.services.mandates import end_mandate, grant_mandate
from liren.foundation.people.services.privacy import destroy_expired, give_consent, record_look, withdraw_consent
from liren.foundation.people.services.residency import (
    claim_residency,
    end_residency,
    open_claim,
    refuse_residency,
    verify_residency,
    withdraw_residency,
)
from liren.foundation.people.services.roles import load_roles
from liren.foundation.people.services.sealing import is_stale, keyed_digest, normal_phone, seal_value, unseal_value
from liren.foundation.people.services.succession import follow_units

__all__ = [
    "ASKED",
    "END",
    "account_by_phone",
    "add_leaving",
    "add_section",
    "claim_residency",
    "close_sealed_contact",
    "correct_profile",
    "destroy_expired",
    "destroyed",
    "end_mandate",
    "end_residency",
    "enrol_totp",
    "erase_account",
    "dataset_name",
    "export_own_data",
    "follow_units",
    "give_consent",
    "grant_mandate",
    "is_stale",
    "keyed_digest",
    "load_roles",
    "normal_phone",
    "open_claim",
    "open_sealed_contact",
    "own_contacts",
    "phone_of",
    "read_sealed_contact",
    "record_look",
    "recover_account",
    "refuse_residency",
    "register_account",
    "remove_contact",
    "reseal",
    "review_access",
    "seal_value",
    "set_contact",
    "summary_of",
    "totp_code",
    "unseal_value",
    "verify_residency",
    "withdraw_consent",
    "withdraw_residency",
]
