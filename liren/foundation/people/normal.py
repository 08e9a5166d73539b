"""One spelling for one value: before it is sealed and before it is looked up."""

import re
import unicodedata

from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput

MOBILE = re.compile(r"1[3-9][0-9]{9}")
LANDLINE = re.compile(r"0[1-9][0-9]{8,10}")
ABROAD = re.compile(r"\+[1-9][0-9]{6,14}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def phone(text: str) -> str:
    """A telephone number as ``+`` and digits (ITU-T E.164); numbers without country are Chinese.

    Full-width digits, spaces, dots and hyphens are allowed. BadInput for anything that is not a number.
    """
    bare = re.sub(r"[\s().\-‐-―]", "", unicodedata.normalize("NFKC", text))
    bare = re.sub(r"^00", "+", bare)
    national = re.sub(r"^\+86", "", bare)
    if MOBILE.fullmatch(national):
        return "+86" + national
    if LANDLINE.fullmatch(national):
        return "+86" + national[1:]
    if ABROAD.fullmatch(bare):
        return bare
    raise BadInput(_("This is not a telephone number."), next_step=_("Type the number with digits only."))


def is_mobile(number: str) -> bool:
    """Can this normalised number receive a code by text message? Abroad we can't know, so: yes."""
    return not number.startswith("+86") or MOBILE.fullmatch(number[3:]) is not None


def email(text: str) -> str:
    """An e-mail address in small letters; BadInput when it has no name, no @ or no dot after it."""
    bare = unicodedata.normalize("NFKC", text).strip().casefold()
    if len(bare) > 254 or not MAIL.fullmatch(bare):
        raise BadInput(_("This is not an e-mail address."), next_step=_("Type it like name@example.cn."))
    return bare


def address(text: str) -> str:
    """A postal address with single spaces; BadInput when empty or longer than 200 characters."""
    bare = " ".join(unicodedata.normalize("NFKC", text).split())
    if not 1 <= len(bare) <= 200:
        raise BadInput(_("An address has 1 to 200 characters."))
    return bare


NORMAL = {"phone": phone, "email": email, "address": address}
