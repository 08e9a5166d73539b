"""A street that exists no more (R034)."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Street
from liren.front.desk.fields import DayField, DeskForm
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.desk.refusals import accepted

ACTION = "territory.street"


class CloseForm(DeskForm):
    """From which day the street exists no more."""

    effective_on = DayField(label=gettext_lazy("First day without the street"))


@desk(ACTION, *FORM)
def street_close(request: HttpRequest, pk: int) -> HttpResponseBase:
    street = may(request, ACTION, get_object_or_404(Street.objects.select_related("unit__parent"), pk=pk))
    form = CloseForm(request.POST if request.method == "POST" else None, actor=actor_of(request))
    back = reverse("desk-streets", args=[street.unit.code])
    if form.is_valid() and accepted(form, lambda: _close(pk, form)):
        return done(request, "desk/form.html", "", {}, to=back, message=_("The street is closed."))
    context = {
        "title": _("Close %(name)s") % {"name": street.name},
        "form": form,
        "back": back,
        "button": _("Close the street"),
    }
    context["lede"] = _("The street leaves the register from that day on, and the office of its chief ends with it.")
    context["chain"] = queries.chain(street.unit)
    return show(request, "desk/form.html", "", context, status=422 if form.is_bound else 200)


def _close(pk: int, form: CloseForm) -> None:
    services.close_street(pk, **form.cleaned_data, by=form.actor, at=timezone.now())
