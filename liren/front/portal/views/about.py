"""What this site is, what it keeps, what a computer decides here, and how well it can be used by everyone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import guarded_by
from liren.foundation.people import queries as people


@guarded_by("public")
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/about.html", "", {})


@guarded_by("public")
@require_safe
def about_data(request: HttpRequest) -> HttpResponse:
    context = {"datasets": with_the_responsible(people.dataset_register()), "gone": people.destructions(10)}
    return show(request, "portal/about_data.html", "", context)


@guarded_by("public")
@require_safe
def about_automation(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/about_automation.html", "", {"tools": people.automation_register()})


@guarded_by("public")
@require_safe
def about_accessibility(request: HttpRequest) -> HttpResponse:
    return show(request, "portal/about_accessibility.html", "", {})


def with_the_responsible(datasets: list[Any]) -> list[tuple[Any, str]]:
    """Each data set with the name of the role that answers for it (R365)."""
    names = {role.code: role.name for role in people.roles()}
    return [(one, names.get(one.responsible, one.responsible)) for one in datasets]
