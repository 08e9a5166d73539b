"""Small pieces of pages: names in two languages, icons, breadcrumbs, numbers, the way to the other language."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


def is_chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh").startswith("zh")


@register.filter
def named(thing: Any) -> str | SafeString:
    """The name in the language of the page; a name that exists only in Chinese is marked as such on an English page."""
    if thing is None:
        return ""
    if is_chinese():
        return str(thing.name_zh)
    return str(thing.name_en) if thing.name_en else format_html('<span lang="zh-Hans">{}</span>', thing.name_zh)


@register.filter
def plain_name(thing: Any) -> str:
    """The name as plain text, for titles and attributes."""
    if thing is None:
        return ""
    return str(thing.name_zh if is_chinese() or not thing.name_en else thing.name_en)


@register.filter
def count(number: Any) -> str:
    """12345 → 12,345; nothing known → an em dash."""
    if number is None or number == "":
        return "—"
    return f"{number:,}" if isinstance(number, int) else str(number)


@register.filter
def few(number: int | None) -> str:
    """A count as it may be told: None, one to four, is "<5"."""
    return "<5" if number is None else f"{number:,}"


@register.filter
def whole_percent(rate: Any) -> str:
    """A share of counted cases in whole percent; "—" where it is not told, or there was nothing to have a share of."""
    return "—" if rate is None or rate.share is None else f"{round(100 * rate.share)}%"


@register.filter
def yuan(fen: int | None) -> str:
    """An amount in fen as yuan: 123456 → ¥1,234.56; whole yuan without the fen."""
    if fen is None:
        return "—"
    whole, rest = divmod(fen, 100)
    return f"¥{whole:,}.{rest:02}" if rest else f"¥{whole:,}"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str | SafeString:
    """A day in the manner of the page's language (2026年3月1日 / 1 March 2026), readable by machines too."""
    if value is None:
        return ""
    local = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), plain_day(local))


@register.filter
def iso_day(text: str) -> str | SafeString:
    """The same for a day that is kept as text (2026-03-01); any other text as it is."""
    try:
        return day(dt.date.fromisoformat(text))
    except ValueError:
        return text


@register.filter
def plain_day(value: dt.date | None) -> str:
    """The same day as plain text."""
    if value is None:
        return ""
    return f"{value.year}年{value.month}月{value.day}日" if is_chinese() else f"{value.day} {value:%B} {value.year}"


@register.filter
def month(value: dt.date | None) -> str | SafeString:
    """A month (2026年3月 / March 2026), readable by machines too."""
    if value is None:
        return ""
    said = f"{value.year}年{value.month}月" if is_chinese() else f"{value:%B} {value.year}"
    return format_html('<time datetime="{}">{}</time>', f"{value:%Y-%m}", said)


@register.filter
def moment(value: dt.datetime | None) -> str | SafeString:
    """A day with hour and minute, in the time of the city."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    words = f"{plain_day(local.date())} {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.filter
def answer(given: Any) -> str:
    """What was answered to a question of a type; a day, or a day with its time, as every other on the page; an entry of
    a register leads to what that says of it."""
    if given.field.kind == "entry":
        page = reverse("register-entry", args=[given.field.register, given.value])
        return format_html('<a href="{}">{}</a>', page, given.text)
    if given.field.kind not in ("date", "moment"):
        return str(given.text)
    try:
        asked, _blank, time = given.text.partition(" ")
        return f"{plain_day(dt.date.fromisoformat(asked))} {time}".strip()
    except ValueError:
        return str(given.text)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small picture from liren/icons.svg beside a word; screen readers hear only the word."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("liren/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def other_language(context: Context, language: str) -> str:
    """The address of this page in ``language``; the home page where this page has no other language."""
    request = context.get("request")
    if request is None or request.method not in {"GET", "HEAD"}:
        return translate_url(reverse("home"), language)
    return translate_url(request.get_full_path(), language)


@register.simple_tag(takes_context=True)
def here(context: Context, *names: str) -> SafeString:
    """``aria-current="page"`` when the page is one of these URL names, or begins with one that ends in ``*``."""
    match = getattr(context.get("request"), "resolver_match", None)
    current = (match and match.url_name) or ""
    hit = any(current.startswith(name[:-1]) if name.endswith("*") else current == name for name in names)
    return SafeString('aria-current="page"' if hit else "")


@register.simple_tag(takes_context=True)
def sign_in_back(context: Context) -> str:
    """``?next=`` with this page, so that signing in leads back; nothing on account pages and after a form."""
    request = context.get("request")
    name = getattr(getattr(request, "resolver_match", None), "url_name", None) or "account"
    is_account = name.startswith(("account", "mfa", "home"))
    return (
        ""
        if request is None or request.method != "GET" or is_account
        else f"?{urlencode({'next': request.get_full_path()})}"
    )


@register.simple_tag(takes_context=True)
def named_address(context: Context) -> str:
    """Where this page would be under a name, when it was opened under a number, under which no browser keeps passkeys.

    Empty when the address bears a name, or when its number is not that of this machine (WebAuthn, level 2, § 5.1.3).
    """
    request = context["request"]
    host, colon, port = request.get_host().partition(":")
    return f"{request.scheme}://localhost{colon}{port}{request.path}" if host == "127.0.0.1" else ""


@register.simple_tag
def url_if(name: str, *args: Any) -> str:
    """The address of a page that may not be installed; "" then."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("kit/crumbs.html")
def crumbs(units: Any, *, on: dt.date | None = None, last_is_link: bool = False) -> dict[str, Any]:
    """The chain of territory from the top to here; ``on`` keeps the day that is being looked at."""
    return {"units": list(units), "on": on, "last_is_link": last_is_link}


@register.inclusion_tag("kit/pages.html")
def pages(page: Any, name: str = "") -> dict[str, Any]:
    """Links to the first and the next page of a keyset page. ``name``: of which list, where there are two."""
    return {"page": page, "name": name}


@register.filter
def said(entry: Any, field: str) -> str:
    """``field`` in the language of the page, of an entry that has ``field_zh`` and ``field_en``."""
    return str(getattr(entry, f"{field}_zh" if is_chinese() else f"{field}_en"))


@register.filter
def enumerated(words: Any) -> str:
    """Words in a row, with the mark that the language of the page puts between them."""
    return ("、" if is_chinese() else ", ").join(str(word) for word in words)


@register.filter
def signed(number: Any) -> str:
    """+3, −2, 0; nothing known → an em dash."""
    return "—" if number is None else f"{number:+,}".replace("-", "−") if number else "0"
