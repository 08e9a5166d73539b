"""What the registers say beside the circles, at the desk: the same pages as for residents, among the planner's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from liren.foundation.kernel.reply import show
from liren.front.desk.gate import actor_of, desk
from liren.front.desk.lifecircle.place import ACTION, place_for
from liren.front.kit import answers as kit

PAGE = "desk/lifecircle/{}.html"


@desk(ACTION)
def answers(request: HttpRequest, code: str) -> HttpResponseBase:
    place, spec = place_for(request, code), kit.asked(request)
    if spec is None:
        context = place.context(title=_("Facilities by question"), shelf=kit.shelf())
        return show(request, PAGE.format("answers"), "", context)
    found = kit.page(request, spec, place.unit, actor_of(request))
    context = place.context(**found, title=found["name"], link="desk-circle-answers")
    return show(request, PAGE.format("answer_of"), "", context)
