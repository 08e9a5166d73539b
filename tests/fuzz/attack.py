"""Sends what no browser would send; a failing case is told with all that is needed to repeat it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from liren.foundation.people.models import Account
from tests.make import people as make
from tests.rights.routes import Route, own_routes
from tests.rights.table import rows
from tests.rights.thrift import bare, fields, undone
from tests.rights.world import KEPT, NOTHING_KEPT, PAPERS, World

#: The only answer from 500 up that a page may give: the server says that it is busy, with a page of its own.
BUSY = 503
TABLE = rows()
DOER = ("city_admin", "civil_affairs", "planner")
CHECKER = ("auditor", "data_protection_officer")


@dataclass
class Target:
    """Whom to send as: a doer and a checker at the top of the city, a resident, nobody."""

    world: World
    accounts: dict[str, Account | None]
    clients: dict[str, Client]

    def sender(self, route: Route) -> str:
        """Who gets furthest on this page."""
        who = TABLE[route.name].who if route.name in TABLE else frozenset()
        return "checker" if who & set(CHECKER) and not who & set(DOER) else "doer"

    def address(self, route: Route) -> str:
        """A real address of the route, with things that exist."""
        return reverse(route.name, kwargs=self.parameters(route))

    def parameters(self, route: Route) -> dict[str, Any]:
        thing = TABLE[route.name].thing if route.name in TABLE else ""
        found = {
            "": {},
            "unit": {"code": self.world.at["community_worker"]["own"].code},
            "unit_kept": {"code": self.world.at["community_worker"]["own"].code, "kept": NOTHING_KEPT},
            "zone": {"slug": "no-such-zone"},
            **PAPERS,
            "opened": {"grant": "00000000-0000-4000-8000-000000000000"},
            **KEPT,
        }
        if thing in found:
            return found[thing]
        found_thing = self.world.thing(thing, "city_admin", "own")
        return found_thing if isinstance(found_thing, dict) else {"pk": found_thing}


def aim(world: World) -> Target:
    city = world.at["city_admin"]["own"]
    doer, checker, resident = make.account(), make.account(), make.account()
    for account, roles in ((doer, DOER), (checker, CHECKER)):
        for role in roles:
            make.mandate(account, role, city)
    make.mandate(doer, "street_officer", world.at["street_officer"]["own"])
    accounts: dict[str, Account | None] = {"doer": doer, "checker": checker, "resident": resident, "nobody": None}
    clients = {who: Client(raise_request_exception=False) for who in accounts}
    for who, account in accounts.items():
        if account:
            make.sign_in(clients[who], Account.objects.get(pk=account.pk))
    return Target(world, accounts, clients)


def send(target: Target, who: str, method: str, url: str, data: Any = None, **extra: Any) -> int:
    """One request, undone afterwards. Returns the status; what a page may never answer fails here."""
    client = target.clients[who]
    body = extra.pop("body", b"")
    with undone(), bare():
        if data is not None and not any(hasattr(value, "read") for value in data.values()):
            body, extra["content_type"] = encoded_form(data), "application/x-www-form-urlencoded"
            data = None
        reply = client.generic(method, url, body, **extra) if data is None else client.post(url, data, **extra)
        if reply.streaming:
            b"".join(reply.streaming_content)  # type: ignore[arg-type]  # a synchronous stream
    assert reply.status_code < 500 or reply.status_code == BUSY, f"{who}: {method} {url} {data!r:.2000} {extra!r:.500}"
    return int(reply.status_code)


def encoded_form(data: dict[str, Any]) -> bytes:
    """The fields as a browser gone mad would send them: a lone surrogate as the three bytes that no UTF-8 has."""
    return urlencode(data, doseq=True, errors="surrogatepass").encode()


def keyed(target: Target, who: str, values: dict[str, Any]) -> dict[str, Any]:
    """A form with a good key, so that its fields are read."""
    return fields(target.accounts[who], **values)


def posting_routes() -> list[Route]:
    return [route for route in own_routes() if route.name in TABLE and "POST" in TABLE[route.name].methods]
