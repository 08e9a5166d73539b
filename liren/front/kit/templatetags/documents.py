"""How pages show what the city's documents say: addresses of provisions, numbers in words, and what a number means."""

import datetime as dt
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.bodies.models import BodyKind
from liren.foundation.policy.models import Attribute, DeclarationVersion, Operator
from liren.foundation.policy.queries import Answer, has_provision
from liren.foundation.territory.models import Unit
from liren.front.kit.templatetags.kit import is_chinese, plain_day, url_if

register = template.Library()

#: What each sort of number means, in plain words.
MEANINGS = {
    Attribute.BINDING: gettext_lazy("It must be met."),
    Attribute.EXPECTED: gettext_lazy("It is aimed at; missing it breaks no rule."),
    Attribute.BASELINE: gettext_lazy("It says where things stood at the beginning."),
    Attribute.REPORTED: gettext_lazy("A report tells it; it binds nobody."),
}
#: What packs declare for upper rooms, as people call it.
KINDS = {
    "register": gettext_lazy("Register"),
    "case_type": gettext_lazy("Case type"),
    "lifecircle": gettext_lazy("Life-circle standard"),
    "engine": gettext_lazy("Part of the program"),
    "subject": gettext_lazy("Matter that several documents rule"),
}


@register.filter
def address(key: str) -> str:
    """The page of a jurisdiction, document or provision by its key: ``chengdu``, ``chengdu/opinion-2017#4``."""
    whole, _hash, number = key.partition("#")
    parts = [*whole.split("/"), *([number] if number else [])]
    return reverse(("document-place", "document", "provision")[len(parts) - 1], args=parts)


@register.filter
def data_address(key: str) -> str:
    """The same as data; "" where no such address is installed."""
    whole, _hash, number = key.partition("#")
    parts = [*whole.split("/"), *([number] if number else [])]
    return url_if(("api-jurisdiction", "api-document", "api-provision")[len(parts) - 1], *parts)


@register.filter
def amount(answer: Answer) -> str:
    """≥ 30 平方米/百户, 3–5 years."""
    return answer.text("zh" if is_chinese() else "en")


@register.filter
def in_words(answer: Answer) -> str:
    """The sign in words, for who does not read signs: 不低于 30 平方米/百户."""
    language = "zh" if is_chinese() else "en"
    if answer.high is not None:
        return _("between %(low)s and %(high)s") % {
            "low": answer.quantity.text(language),
            "high": answer.high.text(language),
        }
    return _("%(operator)s %(number)s") % {
        "operator": Operator(answer.operator).label,
        "number": answer.quantity.text(language),
    }


@register.filter
def meaning(answer: Answer) -> str:
    """What its being binding, expected, a baseline or reported comes to; in a draft nothing binds yet."""
    if answer.is_draft and answer.attribute == Attribute.BINDING:
        return _("It would have to be met if the draft became law.")
    return str(MEANINGS[Attribute(answer.attribute)])


@register.filter
def period(during: Any) -> str:
    """From which day on, or from the first to the last day; the range itself ends before its upper day."""
    start = plain_day(during.lower)
    if during.upper is None:
        return _("from %(start)s") % {"start": start}
    return _("%(start)s to %(end)s") % {"start": start, "end": plain_day(during.upper - dt.timedelta(days=1))}


@register.filter
def declared_says(version: DeclarationVersion) -> str:
    """What a declared part of the program does; "" where the declaration does not say."""
    says = version.content.get("says")
    says = says if isinstance(says, dict) else {}
    return str((says.get("zh") if is_chinese() else says.get("en") or says.get("zh")) or "")


@register.filter
def body_kind(kind: str) -> str:
    """The name of a kind of body."""
    return str(BodyKind(kind).label)


@register.filter
def due(answer: Answer) -> str:
    """By when the document wants the number reached; "" where it names no day. Whole years are said as years."""
    day = answer.parameter.due_on
    if day is None:
        return ""
    if (day.month, day.day) == (12, 31):
        return _("target for %(year)s") % {"year": day.year}
    return _("to be reached by %(day)s") % {"day": plain_day(day)}


@register.filter
def is_past_due(answer: Answer) -> bool:
    """Whether that day is over: the number stands, and whoever has not reached it is late."""
    day = answer.parameter.due_on
    return day is not None and day < timezone.localdate()


@register.filter
def declared_name(version: DeclarationVersion) -> str:
    """What a pack calls the thing that it declares; its code when it gives no name."""
    names = version.content.get("name")
    names = names if isinstance(names, dict) else {}
    return str((names.get("zh") if is_chinese() else names.get("en") or names.get("zh")) or version.declaration.code)


@register.filter
def declared_kind(version: DeclarationVersion) -> str:
    """What kind of thing a pack declares; the word itself where a kind has no name."""
    kind = version.declaration.kind
    return str(KINDS.get(kind, kind))


@register.filter
def declared_url(version: DeclarationVersion) -> str:
    """The page that says what is declared, or shows what came of it; "" where there is none for everybody."""
    kind, code = version.declaration.kind, version.declaration.code
    if kind == "lifecircle":
        return url_if("life-circle-choose")
    if kind == "case_type":
        listed = version.content.get("confidentiality", "public") == "public"
        return f"{url_if('case-list')}?type={code}" if listed and url_if("case-list") else ""
    if kind == "engine":
        return url_if(str(version.content.get("page")))
    return url_if(f"{kind}-about", code)


@register.filter
def declared_url_in(version: DeclarationVersion, unit: Unit) -> str:
    """The page that shows what came of it in a place; "" where there is none for everybody."""
    kind, code = version.declaration.kind, version.declaration.code
    if kind == "register":
        found = url_if("register", code)
        return f"{found}?unit={unit.code}" if found else ""
    if kind == "lifecircle":
        return url_if("life-circle", unit.code)
    if kind == "engine":
        return declared_url(version)
    found = declared_url(version) if kind == "case_type" else ""
    return f"{found}&unit={unit.code}" if found else ""


@register.filter
def basis_address(key: str) -> str:
    """The page of a provision that something says it rests on; "" where no pack has it."""
    return address(key) if has_provision(key) else ""


@register.filter
def on_query(day: dt.date | None) -> str:
    """``?on=`` for links that keep the day which is being looked at."""
    return f"?on={day.isoformat()}" if day else ""
