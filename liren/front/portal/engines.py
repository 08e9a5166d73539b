"""Lets packs name parts of the program that carry provisions out, each with the page that explains it to everybody.

Such a declaration names requirements and no provisions: it stands with every provision that answers to one of them.
"""

from typing import Any

from django.apps import apps

from liren.foundation.policy.services import Fault, Kind, Table, Where, declare_kind
from liren.foundation.policy.services import say as _
from liren.front.kit.templatetags.kit import url_if

NAME, FOLDER = "engine", "engines"


def faults(content: dict[str, Any], where: Where) -> list[Fault]:
    """A part of the program that is not there, or a page that the site does not have, is a fault."""
    found: list[Fault] = []
    table = Table(content, where, found)
    table.pass_over("code", "basis", "requirements")
    table.words("name", most=60)
    table.words("says", most=300)
    room, page = table.text("room"), table.text("page")
    rooms = sorted(one.label for one in apps.get_app_configs() if one.name.startswith("liren."))
    if room and room not in rooms:
        message = _("there is no part {room} of the program", room=repr(room))
        table.fault("room", message, _("known here: {keys}", keys=", ".join(rooms)))
    if page and not url_if(page):
        table.fault(
            "page", _("the site has no page {page}", page=repr(page)), _("name a page as the table of addresses does")
        )
    table.done()
    return found


def declare() -> None:
    """Called once, when the apps are ready."""
    declare_kind(Kind(NAME, FOLDER, faults, by_requirements=True))
