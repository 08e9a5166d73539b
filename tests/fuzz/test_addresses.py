"""Every URL with hostile queries, parameters, methods and headers: a clear answer below 500, always."""

from urllib.parse import quote

import pytest

from tests.fuzz.attack import Target, send
from tests.fuzz.hostile import DATES, HEADERS, NUMBERS, TEXTS, VALUES
from tests.rights.routes import own_routes, third_party_routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROUTES = own_routes()
#: Every name that some page reads from its query.
QUERY = (
    *("q", "after", "id", "on", "start", "end", "since", "until", "year", "unit", "role", "state", "action"),
    *("actor_label", "next", "lon", "lat", "code", "kind", "registration", "a", "b", "by", "jurisdiction", "limit"),
    *("bbox", "filter", "rhythm", "type", "phase", "category", "community", "number", "stock", "fate", "all", "month"),
)
#: Which page makes most of which name.
READS = {
    "/units/": ("after",),
    "/search/": ("q", "after", "on"),
    "/life-circle/": ("q", "lon", "lat", "after"),
    "/life-circle/990102001001/answers/": ("about", "after"),
    "/life-circle/990102001001/answers.csv": ("about", "part"),
    "/desk/life-circle/990102001000/estates/": ("check", "entry", "run", "after"),
    "/bodies/": ("q", "kind", "registration", "unit", "after"),
    "/desk/registers/": ("q", "todo"),
    "/desk/registers/reading_room/": ("q", "unit", "state", "after", "rhythm"),
    "/desk/registers/reading_room/add/": ("unit",),
    "/desk/registers/reading_room/export.csv": ("q", "unit", "state"),
    "/desk/registers/reading_room/1/edit/": ("opened",),
    "/desk/bodies/": ("q", "kind", "registration", "unit", "after"),
    "/where/": ("lon", "lat"),
    "/desk/mandates/": ("unit", "role", "on", "after"),
    "/desk/mandates.csv": ("unit", "on"),
    "/desk/calendar/": ("year", "unit"),
    "/desk/residency/": ("state", "unit", "after"),
    "/desk/proposals/": ("state", "after"),
    "/documents/north/": ("on",),
    "/documents/north/opinion-2017/": ("on",),
    "/documents/north/opinion-2017/4/": ("on", "unit"),
    "/documents/compare/": ("a", "b", "on", "by"),
    "/api/documents/": ("jurisdiction", "kind", "on", "after", "limit"),
    "/api/parameters/": ("after",),
    "/registers/": ("q", "unit"),
    "/gate/": ("unit",),
    "/gate/lists/negative/": ("unit",),
    "/gate/admitted/": ("unit", "all", "after"),
    "/gate/certificates/": ("q", "unit"),
    "/desk/gate/asked/": ("state", "after"),
    "/desk/gate/inventory/": ("stock", "fate", "after"),
    "/desk/gate/agreements/": ("on", "after"),
    "/report/": ("q", "unit"),
    "/report/request/": ("unit", "category"),
    "/report/where/": ("community", "lon", "lat"),
    "/report/request/near/?lon=104&lat=30": ("category",),
    "/cases/": ("unit", "type", "phase", "lon", "lat", "after"),
    "/cases/map.geojson": ("unit", "type", "lon"),
    "/cases/figures/": ("unit", "type"),
    "/cases/figures.csv": ("unit",),
    "/api/gate/lists/": ("list", "unit", "on", "after", "limit"),
    "/api/gate/admissions/": ("unit", "on", "after", "limit"),
    "/api/gate/cuts/": ("unit",),
    "/api/cases/": ("unit", "type", "phase", "category", "after", "limit"),
    "/open311/v2/requests.json": (
        *("service_request_id", "service_code", "start_date", "end_date", "status", "page", "page_size"),
        *("jurisdiction_id", "updated_after", "updated_before"),
    ),
    "/open311/v2/services.xml": ("jurisdiction_id",),
    "/registers/reading_room/": ("q", "unit", "rhythm", "until", "after"),
    "/registers/reading_room/1/": ("on", "after"),
    "/registers/reading_room/coverage/": ("unit",),
    "/registers/reading_room/map.geojson": ("bbox",),
    "/registers/reading_room.csv": ("q", "unit"),
    "/api/registers/reading_room/entries/": ("unit", "q", "filter", "state", "after", "limit"),
    "/api/parameters/area_per_100_households/": ("unit", "on"),
}
PAIRS = [(path, name) for path, names in READS.items() for name in names]
SHARP = {
    **{
        name: TEXTS[name]
        for name in ("nul", "surrogate", "rare han", "very long", "quote", "tsquery", "like", "newlines")
    },
    **{name: NUMBERS[name] for name in ("past bigint", "ten to the thirty", "five thousand digits", "superscript")},
    **{name: DATES[name] for name in ("year zero", "last day", "five digit year")},
}
AUDIT = ("unit", "action", "actor_label", "since", "until", "after")
#: What is not as sharp.
OTHERS = [value for value in VALUES.values() if value not in SHARP.values()]
#: So many requests bring every name of a query to each page, each time with another value.
TURNS = 5


def encoded(value: str) -> str:
    """The value in an address; a lone surrogate goes as the three bytes that no UTF-8 has."""
    return quote(value[:3_000].encode("utf-8", "surrogatepass"), safe="")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_hostile_queries_get_a_clear_answer(route, target: Target):
    """Values take turns, so that on one page or the next every name meets every value."""
    url, who, values = target.address(route), target.sender(route), list(SHARP.values())
    for turn in range(ROUTES.index(route), ROUTES.index(route) + TURNS):
        pairs = ((name, values[(turn + place) % len(values)]) for place, name in enumerate(QUERY))
        send(target, who, "GET", f"{url}?{'&'.join(f'{name}={encoded(value[:300])}' for name, value in pairs)}")


@pytest.mark.parametrize(("path", "name"), PAIRS)
def test_each_query_alone_gets_a_clear_answer(path, name, target: Target):
    """A third of the sharp values and a seventh of the others on each page; the next page takes the next ones."""
    place = PAIRS.index((path, name))
    for value in (*list(SHARP.values())[place % 3 :: 3], *OTHERS[place % 7 :: 7]):
        send(target, "doer", "GET", f"{path}{'&' if '?' in path else '?'}{name}={encoded(value)}")


@pytest.mark.parametrize(("place", "name"), list(enumerate(AUDIT)))
def test_each_query_of_the_audit_log_gets_a_clear_answer(place, name, target: Target):
    for value in list(VALUES.values())[place % 2 :: 2]:
        send(target, "checker", "GET", f"/desk/audit/?{name}={encoded(value)}")


@pytest.mark.parametrize(
    "query", ["?a=1" * 500, "?&&&=&;", "?after[]=1&after[]=2", "?%", "?%zz=%1", "?q=a&q=b&on=x&on=y"]
)
@pytest.mark.parametrize(
    "path", ["/", "/search/", "/where/", "/desk/mandates/", "/documents/compare/", "/api/documents/"]
)
def test_queries_out_of_shape_get_a_clear_answer(path, query, target: Target):
    send(target, "doer", "GET", path + query)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_thousand_names_in_a_query_get_a_clear_answer(route, target: Target):
    query = "&".join(f"p{n}=1" for n in range(1_000)) if ROUTES.index(route) % 2 else "&".join(["after=1"] * 1_001)
    send(target, target.sender(route), "GET", f"{target.address(route)}?{query}")


PATHS = (
    *(
        "/units/{}/",
        "/zones/{}/",
        "/bodies/{}/",
        "/desk/bodies/{}/",
        "/desk/units/{}/",
        "/desk/residency/{}/",
        "/{}/",
        "/en/{}",
    ),
    *("/desk/contacts/{}/", "/units/{}/map.geojson", "/accounts/{}/", "/accounts/oidc/{}/login/"),
    *("/documents/{}/", "/documents/north/{}/", "/documents/north/opinion-2017/{}/", "/api/{}/", "/api/documents/{}/"),
    *("/report/{}/", "/report/{}/near/", "/report/sent/{}/", "/cases/{}/", "/cases/{}/r/x/", "/cases/0000001-3/r/{}/"),
    *("/registers/{}/", "/registers/reading_room/{}/", "/registers/{}.csv", "/api/registers/{}/", "/registers/{}/1/"),
    *("/open311/v2/services/{}.json", "/open311/v2/requests/{}.xml", "/open311/v2/tokens/{}.json", "/alerts/{}.cap"),
    *("/api/case-types/{}/", "/api/cases/{}/"),
    *("/api/documents/north/opinion-2017/{}/", "/api/parameters/{}/", "/en/api/jurisdictions/{}/"),
)


@pytest.mark.parametrize("name", VALUES)
def test_hostile_parts_of_an_address_are_refused(name, target: Target):
    for path in PATHS:
        url = path.format(encoded(VALUES[name]))
        assert send(target, "doer", "GET", url) in {200, 301, 302, 400, 404, 414}


@pytest.mark.parametrize(
    "code", ["000000000000", "999999999999", "970102001001-X999", "９７０１０２００１００１", "970102001001-G99999"]
)
def test_codes_that_no_unit_bears_are_not_found(code, target: Target):
    for path in (f"/units/{quote(code)}/", f"/desk/units/{quote(code)}/", f"/desk/units/{quote(code)}/rename/"):
        assert send(target, "doer", "GET", path) == 404


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 40, "-1", "1e3", "01"])
def test_numbers_that_no_row_has_are_not_found(number, target: Target):
    for path in (f"/desk/residency/{number}/", f"/desk/mandates/{number}/end/", f"/desk/proposals/{number}/"):
        assert send(target, "doer", "GET", path) == 404


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_other_methods_get_a_clear_answer(route, target: Target):
    """HEAD and one that nobody knows on every page, the others in turns."""
    others = ("OPTIONS", "PUT", "DELETE", "PATCH", "TRACE")
    for method in ("HEAD", "BREW", *(others[(ROUTES.index(route) + turn) % len(others)] for turn in range(2))):
        send(target, target.sender(route), method, target.address(route))


@pytest.mark.parametrize("name", HEADERS)
def test_hostile_headers_get_a_clear_answer(name, target: Target):
    for path in ("/", "/en/", "/search/?q=1", "/me/", "/desk/", "/accounts/login/", "/no/such/page", "/health"):
        for who in ("nobody", "doer"):
            send(target, who, "GET", path, **HEADERS[name])
            send(target, who, "POST", path, **HEADERS[name])


@pytest.mark.parametrize(
    "route", [r for r in third_party_routes() if not r.parameters], ids=lambda route: route.pattern
)
def test_pages_of_packages_survive_hostile_forms(route, target: Target):
    names = (
        "login",
        "username",
        "password",
        "password1",
        "password2",
        "phone",
        "email",
        "code",
        "next",
        "action",
        "id",
    )
    names = (*names, "display_name", "sessions", "credential", "account", "uid", "provider", "process", "remember")
    for value in SHARP.values():
        short = value[:5_000]
        for who in ("nobody", "resident"):
            send(target, who, "POST", f"/{route.pattern}", dict.fromkeys(names, short))
    send(target, "nobody", "GET", f"/{route.pattern}?next={encoded(TEXTS['markup'])}&code={encoded(TEXTS['quote'])}")
