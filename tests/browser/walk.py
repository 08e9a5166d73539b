"""What the browser tests share: the list of pages, a browser context with ears for errors, and axe."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from liren.foundation.admission.services import HandReport
from liren.foundation.registers.services import ImportReport
from liren.front.desk import jobs, keeping
from liren.service.cases import services
from liren.service.cases.services import catalogue_files, figures, webhooks
from tests import make
from tests.browser import eyes
from tests.make import bodies, cases

#: Where the server of the tests gives axe: by its address the browser keeps it, and what it has compiled of it.
AXE_PATH = "/static/axe.min.js"
PHONE, DESKTOP = 390, 1280
HEIGHTS = {PHONE: 844, DESKTOP: 900}
#: Rules whose answer can change with the look; the others are asked once for each width.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
#: Large print promises the highest contrast: level AAA, 7 to 1, which whatever is below level AA fails too.
LARGE_RULES = ("color-contrast-enhanced", "link-in-text-block")
#: What a page is looked at in besides its first look: theme, size of print, rules. The layout says of each of them
#: whether a target has become too small.
LOOKS = [("dark", "normal", COLOUR_RULES), ("light", "large", LARGE_RULES), ("dark", "large", LARGE_RULES)]
#: Ways to paint a letter in which axe has found nothing wrong, with the rules that it was asked.
PAINTED: set[tuple[tuple[str, ...], str]] = set()

PUBLIC = [
    "/", "/units/", "/units/990102001000/", "/units/990102001000/?on=2010-01-01", "/units/990102001000/?on=1990-01-01",
    "/units/990102001000/?on=x", "/units/990102001001/", "/units/990102001006/", "/units/990102001001-G001/",
    "/units/990102001001-X001/", "/units/990102001000/history/", "/units/990102001000/changes/",
    "/units/990102000000/changes/?start=2010-01-01&end=2026-01-01", "/units/990102000000/changes/?start=x",
    "/bodies/", "/bodies/?unit=990102001000&kind=committee", "/bodies/?q=zzz", "/bodies/?kind=x",
    "/bodies/{committee}/", "/bodies/{organisation}/", "/bodies/{committee}/?on=1990-01-01",
    "/bodies/{organisation}/?on=2021-01-01",
    "/units/990102000000/bodies/", "/units/990102001000/bodies/", "/units/990102001001/bodies/",
    "/units/990102001001/streets/", "/units/990102002000/streets/", "/zones/qingshui/", "/search/", "/search/?q=文昌",
    "/search/?q=zzz", "/where/", "/where/?lon=104.005&lat=30.005", "/where/?lon=x", "/about/", "/about/data/",
    "/documents/", "/documents/north/", "/documents/north/?on=2016-01-01", "/documents/north/opinion-2017/",
    "/documents/north/draft-2024/", "/documents/north/opinion-2017/4/", "/documents/north/opinion-2017/5/",
    "/documents/north/opinion-2017/4/?unit=990100000000", "/documents/north/opinion-2017/4/?unit=x",
    "/documents/south/plan-2022/4/?unit=990102001001&on=2021-06-01", "/documents/compare/?a=north&b=south",
    "/documents/compare/?a=north&b=south&by=provisions", "/documents/compare/?a=north&b=north", "/api/",
    "/gate/", "/gate/lists/negative/", "/gate/admitted/?unit=990102001001", "/gate/cuts/",
    "/gate/certificates/?q=zzz",
    "/life-circle/", "/life-circle/?q=桂花", "/life-circle/?lon=x&lat=1", "/life-circle/990102001001/",
    "/life-circle/990102001001/answers/",
    "/registers/", "/registers/?q=书屋", "/registers/?q=zzz", "/registers/?unit=990102001000",
    "/registers/reading_room/", "/registers/reading_room/?rhythm=weekly&unit=990102001000",
    "/registers/reading_room/?q=zzz",
    "/registers/reading_room/?rhythm=x", "/registers/reading_room/1/", "/registers/reading_room/1/?on=2020-01-01",
    "/registers/reading_room/coverage/", "/registers/reading_room/coverage/?unit=990102001000",
    "/registers/reading_room/about/",
    "/report/", "/report/?q=路灯", "/report/?q=天上", "/report/request/?unit=990102001001",
    "/report/request/?category=lamp",
    "/report/refuge_request/", "/cases/", "/cases/?unit=990102001001&type=request&phase=closed", "/cases/?type=x",
    "/notices/", "/notices/?unit=990102001001&topic=outage",
    "/cases/find/", "/cases/{case}/", "/cases/{closed}/", "/cases/figures/", "/cases/figures/?unit=990102001001",
    "/about/automation/", "/about/accessibility/", "/display/", "/accounts/login/", "/accounts/signup/",
    "/accounts/password/reset/", "/no-such-page/",
]  # fmt: skip
OWN = [
    "/me/", "/me/cases/", "/me/notices/",
    "/report/sent/{own}/", "/cases/{own}/", "/cases/{answered}/", "/cases/{own}/move/withdraw/",
    "/me/residency/", "/me/contacts/", "/me/profile/", "/me/consents/", "/me/access/", "/me/export/",
    "/me/erase/",
    "/accounts/password/change/", "/accounts/logout/", "/accounts/2fa/", "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/", "/accounts/sessions/", "/accounts/reauthenticate/",
    "/accounts/phone/change/",
]  # fmt: skip

#: Officials whose desks are looked at, and the pages of the desk; each must open for one of them at least.
ROLES = ["city_admin", "civil_affairs", "auditor", "data_protection_officer"]
ROOMS = "/desk/registers/reading_room/"
STREET = "/desk/units/990102001000/"
DESK = [
    "/desk/", "/desk/life-circle/990102001000/", "/desk/life-circle/990102001000/runs/",
    "/desk/life-circle/990102001000/networks/", "/desk/life-circle/990102001000/gaps/print/",
    "/desk/life-circle/990102001000/answers/", "/desk/life-circle/990102001000/estates/",
    "/desk/residency/", "/desk/residency/{residency}/", "/desk/mandates/", "/desk/mandates/grant/", STREET,
    *(f"{STREET}{what}/" for what in ("create", "rename", "convert", "move", "merge", "split", "abolish", "size")),
    f"{STREET}population/", f"{STREET}correct/", STREET + "correct/?entry={entry}",
    "/desk/units/990102001001/subjects/", "/desk/subjects/{subject}/",
    "/desk/units/990102001001/streets/", "/desk/units/990102001001/chiefs/", "/desk/streets/{street}/close/",
    "/desk/bodies/", "/desk/bodies/?q=zzz", "/desk/bodies/import/",
    "/desk/units/990102001001/found-body/", "/desk/bodies/{committee}/",
    *(f"/desk/bodies/{{committee}}/{what}/" for what in ("change", "posts", "duties", "members", "pair", "figures")),
    *(f"/desk/bodies/{{organisation}}/{what}/" for what in ("register", "entries", "activities", "dissolve")),
    "/desk/bodies/{organisation}/", "/desk/posts/{post}/fill/", "/desk/posts/{post}/change/",
    "/desk/posts/{post}/close/", "/desk/holdings/{holding}/end/", "/desk/holdings/{holding}/correct/",
    "/desk/duties/{duty}/withdraw/", "/desk/pairings/{pairing}/end/", "/desk/pairings/{pairing}/deliveries/",
    "/desk/memberships/{member}/end/", "/desk/bodies/{committee}/liaison/", "/desk/holdings/{holding}/link/",
    "/desk/units/990102001001/ties/", f"{STREET}ties/", f"{STREET}authority/",
    *(f"/desk/units/990102001001/{what}/" for what in ("strand", "deputy")),
    "/desk/zones/", "/desk/zones/create/", "/desk/zones/{zone}/", "/desk/zones/{zone}/boundary/",
    *(f"/desk/zones/{{zone}}/{what}/" for what in ("put", "take-out", "close")),
    "/desk/proposals/", "/desk/calendar/", "/desk/calendar/add/", "/desk/audit/",
    "/desk/cases/", "/desk/cases/?view=closed&map=1", "/desk/cases/print/", "/desk/cases/bulk/", "/desk/cases/find/",
    "/desk/approvals/", "/desk/disputes/", "/desk/escalations/", "/desk/catalogue/", "/desk/catalogue/add/",
    "/desk/catalogue/why/", "/desk/catalogue/import/", "/desk/keys/", "/desk/keys/add/",
    *(f"/desk/keys/{{key}}/{what}" for what in ("", "end/", "subscribe/")), "/desk/subscriptions/{subscription}/end/",
    "/desk/subscriptions/{subscription}/again/",
    *(f"/desk/gate/{what}" for what in ("", "mine/", "apply/", "meeting/", "asked/", "outside/", "refusals/")),
    *(f"/desk/gate/{what}/" for what in ("inventory", "agreements", "lists", "table", "table/{work}")),
    "/desk/units/990102001001/burden/",
    "/desk/units/990102000000/inventory/", "/desk/units/990102000000/lists/",
    "/desk/access/", "/desk/access/cases/", "/desk/pass/", "/desk/registers/", ROOMS, f"{ROOMS}add/", f"{ROOMS}import/",
    ROOMS + "import/{running}/", ROOMS + "import/{checked}/", "/desk/catalogue/import/{rules}/",
    *(f"{ROOMS}?state={state}" for state in ("stale", "missing", "closed")),
    *(ROOMS + "{room}/" + page for page in ("", "edit/", "review/", "close/", "reopen/", "open/")),
]  # fmt: skip


def numbers_of(city: make.City) -> dict[str, int]:
    """Numbers in the addresses of what acts in the city."""
    acting = city.acting
    names = ("committee", "organisation", "post", "holding", "duty", "pairing", "member")
    return {name: getattr(acting, name).pk for name in names}


def imports_of(by: Any) -> dict[str, str]:
    """Tables of an official: one that the worker is reading, and three that were checked: entries, rules, work."""
    header, nothing = b"type,category,unit,body,ground,since,until\n", ImportReport("reading_room", lines=1_200)
    with keeping.on_disk("rules.csv", header + b"request,lamp,990102000000,x,1,2026-01-01,\n") as path:
        rules = catalogue_files.import_rules(path, dry_run=True, by=by, at=timezone.now())
    work = HandReport(lines=2, refused=1)
    work.fault(3, "admission", "No admission is named for it.")
    facts = {"source": "", "by": by}
    kept = {
        "running": keeping.keep("rooms.csv", b"x", nothing, what="reading_room", **facts, step="check"),
        "checked": keeping.keep("rooms.csv", b"x", nothing, what="reading_room", **facts),
        "rules": keeping.keep("rules.csv", b"x", rules, what="cases.catalogue", **facts),
        "work": keeping.keep("work.csv", b"x", work, what=jobs.WORK, **facts),
    }
    return {name: str(UUID(one.key)) for name, one in kept.items()}


def programs_of(city: make.City) -> dict[str, int]:
    """A key for another system, and where it is told what happens."""
    key = cases.key(city.district, "exchange").key
    told = webhooks.subscribe(key.pk, address="https://hooks.example.org/liren", **cases.BY)
    return {"key": key.pk, "subscription": told.subscription.pk}


def cases_of(city: make.City, person: Any) -> dict[str, str]:
    """Cases of every look: a stranger's, a closed one, one's own, one that waits for one's word; and their figures."""
    make.roles()
    cases.declare()
    cases.sealed("refuge_request", to="refuge", place="optional")
    unit, now = city.communities[0], timezone.now()
    facts: dict[str, Any] = {"category": "lamp", "lon": 104.005, "lat": 30.005, "at": now}
    found = {name: cases.reported(unit, **facts) for name in ("case", "closed")}
    found |= {name: cases.reported(unit, **facts, by=person) for name in ("own", "answered")}
    body = bodies.body(city.district, "department", name_zh="市政处", name_en="Public Works")
    desk, clerk = make.official("community_worker", unit), cases.clerk(body, city.district)
    for name in ("closed", "answered"):
        cases.answered(found[name], body, desk, clerk, at=now)
    services.move(found["closed"].pk, "lapse", by=cases.SYSTEM, at=now)
    figures.count_month(now.date(), by=cases.SYSTEM, at=now)
    return {name: case.number for name, case in found.items()}


@dataclass
class Site:
    """A live server and the browser that looks at it."""

    url: str
    browser: Any
    city: make.City
    contexts: list[Any] = field(default_factory=list)

    def look(self, *, width: int = PHONE, session: str = "", scripts: bool = True, **options: Any) -> "Look":
        """A fresh browser context of that width, signed in when a session is given."""
        size = {"width": width, "height": HEIGHTS.get(width, 800)}
        # Reduced motion: a colour on its way to another would be measured half way.
        context = self.browser.new_context(
            viewport=size, java_script_enabled=scripts, reduced_motion="reduce", color_scheme="light", **options
        )
        self.contexts.append(context)
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])
        return Look(self, context.new_page())

    def close(self) -> None:
        for context in self.contexts:
            context.close()


class Look:
    """One page of the browser, with what it complained about."""

    def __init__(self, site: Site, page: Any) -> None:
        self.site, self.page, self.heard = site, page, []
        page.on("console", lambda message: self._hear(message.type, message.text))
        page.on("pageerror", lambda error: self._hear("error", str(error)))

    def _hear(self, kind: str, text: str) -> None:
        is_status = "Failed to load resource" in text and "the server responded with a status of 4" in text
        if kind == "error" and not is_status:
            self.heard.append(text)

    def open(self, path: str) -> Any:
        """Go there; the complaints of the page before are forgotten."""
        self.heard.clear()
        response = self.page.goto(self.site.url + path)
        assert response.status < 500, (path, response.status)
        return self.page

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})

    def wear(self, theme: str, size: str) -> None:
        """Theme and print as the server would have written them on the page."""
        script = (
            "([t, p]) => { document.documentElement.dataset.theme = t; document.documentElement.dataset.print = p; }"
        )
        self.page.evaluate(script, [theme, size])

    def axe(self, rules: Sequence[str] = ()) -> list[str]:
        """What axe finds by all its rules, or by the named ones: one line for each fault."""
        options: dict[str, Any] = {"resultTypes": ["violations"], "elementRef": False}
        if rules:
            options["runOnly"] = {"type": "rule", "values": list(rules)}
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.add_script_tag(url=AXE_PATH)
        found = self.page.evaluate(f"() => axe.run(document, {json.dumps(options)}).then((found) => found.violations)")
        return [f"{one['id']}: {node['html'][:140]} {node['target']}" for one in found for node in one["nodes"][:3]]

    def layout(self) -> list[str]:
        """Overflow, small targets, headings out of order."""
        return list(self.page.evaluate(eyes.LAYOUT))

    def colours(self, rules: tuple[str, ...], *, whole: bool = False) -> list[str]:
        """What axe finds by rules of colour, or by all: asked only where a letter is painted as none was before."""
        new = {(rules, one) for one in self.page.evaluate(eyes.PAINTS)} - PAINTED
        found = self.axe(() if whole else rules) if new or whole else []
        PAINTED.update(new if not found else ())
        return found

    def shown(self) -> str:
        """Of each element whether it is there for the reader, in one line of signs."""
        return str(self.page.evaluate(eyes.SHOWN))


def opens(look: Look, path: str) -> bool:
    """Whether the page shows itself to whoever is signed in; a refusal is no page of the desk."""
    look.resize(PHONE)
    look.heard.clear()
    return bool(look.page.goto(look.site.url + path).status == 200 and look.page.url.endswith(path))


def faults_of(look: Look) -> list[str]:
    """Everything wrong with the page that is open on the phone, at both widths and in every look.

    axe goes through the page once, on the phone; again on the wide screen if that shows another part of the page; and
    in a look, if something is painted there as nothing was on the pages before.
    """
    found = [f"console: {text}" for text in look.heard]
    on_phone = look.shown()
    found += [f"{PHONE} {fault}" for fault in [*look.colours(COLOUR_RULES, whole=True), *look.layout()]]
    for theme, size, rules in LOOKS:
        look.wear(theme, size)
        found += [f"{theme} {size} {fault}" for fault in [*look.colours(rules), *look.layout()]]
    look.wear("light", "normal")
    look.resize(DESKTOP)
    other = look.shown() != on_phone
    found += [f"{DESKTOP} {fault}" for fault in [*look.colours(COLOUR_RULES, whole=other), *look.layout()]]
    return found


def faults_of_words(look: Look) -> list[str]:
    """What words of another language can break on a page that axe has seen in Chinese: its layout, an empty name."""
    found = [f"console: {text}" for text in look.heard]
    for width in (PHONE, DESKTOP):
        look.resize(width)
        found += [f"{width} {fault}" for fault in look.layout()]
    return found


def walk(look: Look, paths: list[str], faults: Callable[[Look], list[str]] = faults_of) -> list[str]:
    """One line for each fault of each page."""
    found = []
    for path in paths:
        look.resize(PHONE)
        look.open(path)
        found += [f"{path} {fault}" for fault in faults(look)]
    return found


def both(look: Look, paths: list[str]) -> list[str]:
    """Pages in both languages."""
    return [*walk(look, paths), *walk(look, ["/en" + path for path in paths], faults_of_words)]


def check(faults: list[str]) -> None:
    """Fails with all lines."""
    if faults:
        pytest.fail(f"{len(faults)} faults\n" + "\n".join(faults))
