"""Stand-in until the reader of declarations is merged."""
from liren.foundation.kernel.engine import deadlines as d
from liren.foundation.kernel.engine.states import Move, State, StateTable
from liren.service.cases.engine.spec import *  # noqa: F403
from liren.service.cases.engine import spec as s
from datetime import timedelta


def _w(v):
    return s.Words(v.get("zh", ""), v.get("en", "")) if isinstance(v, dict) else s.Words()


def _a(text):
    n, unit = text.split(" ", 1)
    n = int(n)
    return {"working days": lambda: d.WorkingDays(n), "days": lambda: d.CalendarDays(n), "hours": lambda: d.PlainTime(timedelta(hours=n)),
            "service hours": lambda: d.ServiceTime(timedelta(hours=n)), "months": lambda: d.CalendarMonths(n), "minutes": lambda: d.PlainTime(timedelta(minutes=n))}[unit]()


def parse(c):
    ch = lambda f: tuple(s.Choice(x["code"], s.Words(x.get("zh", ""), x.get("en", ""))) for x in f.get("choices", []))
    states = tuple(s.StateSpec(x["code"], _w(x["name"]), x.get("owner", ""), x.get("phase", "open"), x.get("outcome", ""), _w(x.get("public", {}))) for x in c["states"])
    moves = tuple(s.MoveSpec(x["code"], _w(x["name"]), frozenset(x["from"]), x["to"], tuple(x["by"]), x.get("effect", ""), x.get("note", False), x.get("evidence", False), tuple(x.get("asks", ())), tuple(x.get("consents", ())), x.get("tells", True)) for x in c["moves"])
    return s.CaseType(c["code"], _w(c["name"]), _w(c["purpose"]), c["group"], tuple(c["requirements"]), tuple(c["basis"]), c["level"], c["confidentiality"], c.get("sealed_to", ""),
        tuple(c["channels"]), c.get("anonymous", False), c["place"], c.get("files", False), c.get("joinable", False), c.get("rating", False), c.get("reopen_days", 0), c["retention_months"], c.get("about_body", False), c.get("severity", "normal"), None, _w(c.get("text_help")), _w(c.get("notice")),
        tuple(s.Category(x["code"], _w(x["name"]), x.get("severity", "normal"), x.get("condition", ""), _w(x.get("notice")), x.get("stops", False)) for x in c.get("categories", [])),
        tuple(s.Field(x["code"], _w(x["name"]), x["kind"], x.get("required", False), ch(x), _w(x.get("help")), x.get("public", False)) for x in c.get("fields", [])),
        states, moves,
        tuple(s.Clock(x["code"], _w(x["name"]), frozenset(x["runs_in"]), x.get("starts", "entered"), {k: _a(v) for k, v in x["limits"].items()}, tuple(s.Step(_a(y["after"])) for y in x.get("ladder", [])), x.get("extendable", False), x.get("parameter", "")) for x in c["clocks"]),
        tuple(s.Part(x["code"], _w(x["name"]), x.get("kind", "account"), x.get("consent", False), x.get("most", 1)) for x in c.get("parts", [])),
        StateTable(c["code"], states[0].code, tuple(State(x.code, x.name.zh, x.name.en, x.owner, "", x.final) for x in states), tuple(Move(m.code, m.sources, m.target, m.name.zh, m.name.en, "", m.note) for m in moves)))
