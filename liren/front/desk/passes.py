"""A provider asks whether a service pass holds: the answer is a date or "not valid", and nothing of it is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.idempotency import repeat_is_harmless
from liren.foundation.kernel.reply import show
from liren.front.desk.fields import TextField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.kit.limits import within_limit
from liren.service.cases import services
from liren.service.cases.models import bodies_of

PAGE, PER_MINUTE = "desk/pass.html", 30


class CheckForm(forms.Form):
    """For which body one asks, and the number that is shown."""

    body = forms.TypedChoiceField(label=gettext_lazy("For which provider"), coerce=int)
    number = TextField(
        label=gettext_lazy("Number on the pass"),
        max_length=80,
        help_text=gettext_lazy("Scan it, or type its 16 signs; dashes don't matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, bodies: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["body"].choices = bodies  # type: ignore[attr-defined]  # a choice field


@repeat_is_harmless
@desk("cases.serve", *FORM)
def check(request: HttpRequest) -> HttpResponseBase:
    """Without a key of its form: the key would be kept with who asked, and there is nothing to repeat."""
    may(request, "cases.serve")
    actor = actor_of(request)
    bodies = [(one.pk, one.name) for one in Body.objects.filter(pk__in=bodies_of(actor)).order_by("pk")]
    form = CheckForm(request.POST if request.method == "POST" else None, bodies=bodies)
    context: dict[str, Any] = {"title": _("Check a service pass"), "form": form, "bodies": bodies}
    if form.is_valid():
        within_limit("pass", actor.label, PER_MINUTE)
        asked = {"provider_id": form.cleaned_data["body"], "by": actor, "at": timezone.now()}
        context |= {"asked": True, "until": services.check_number(form.cleaned_data["number"], **asked)}
        context["form"] = CheckForm(
            initial={"body": asked["provider_id"]}, bodies=bodies
        )  # no number stays on the page
    return show(request, PAGE, "", context, status=422 if form.errors else 200)
