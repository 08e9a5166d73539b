"""The first page: find a community, or see what is here."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import as_actor, guarded_by
from liren.front.portal import facts
from liren.front.portal.cases.entrances import entrances
from liren.front.portal.forms import SearchForm


@guarded_by("public")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    roots = facts.roots(as_actor(request.user))
    return show(request, "portal/home.html", "", {"roots": roots, "search": SearchForm(), "entrances": entrances()})
