"""Every URL of the project, found by walking the resolver: nobody can add a page that the tests don't meet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

#: Modules of views that come with a package and can't carry our mark.
OURS = "liren."


@dataclass(frozen=True)
class Route:
    """One line of the URL table."""

    name: str
    pattern: str
    view: Callable[..., Any]
    parameters: frozenset[str]

    @property
    def guards(self) -> str:
        return getattr(self.view, "guarded_by", "")

    @property
    def is_third_party(self) -> bool:
        view = getattr(self.view, "view_class", self.view)
        return not view.__module__.startswith(OURS)


def routes(resolver: URLResolver | None = None, before: str = "", namespace: str = "") -> Iterator[Route]:
    """All of them, depth first, in the order in which Django tries them."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            parameters = frozenset(entry.pattern.regex.groupindex)
            yield Route(namespace + (entry.name or ""), pattern, entry.callback, parameters)


def own_routes() -> list[Route]:
    return [route for route in routes() if not route.is_third_party]


def third_party_routes() -> list[Route]:
    """In the first language, whatever language the test before has left behind: English patterns bear their prefix."""
    with translation.override(settings.LANGUAGE_CODE):
        return [route for route in routes() if route.is_third_party]
