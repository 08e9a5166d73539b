"""The kit that all pages stand on: display choice, security headers, addresses, pages of lists."""

import datetime as dt

import pytest
from django.test import RequestFactory

from liren.front.kit import converters, display, security
from liren.front.kit.templatetags import kit


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("", display.Display()),
        ("dark.large", display.Display("dark", "large")),
        ("light", display.Display("light", "normal")),
        ("purple.huge", display.Display()),
        ("dark.large.more", display.Display("dark", "normal")),
        ("\x00", display.Display()),
    ],
)
def test_an_unknown_choice_in_the_cookie_counts_as_none(cookie: str, expected: display.Display) -> None:
    request = RequestFactory().get("/")
    request.COOKIES[display.COOKIE] = cookie
    assert display.display_of(request) == expected


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = dict(rule.split(" ", 1) for rule in security.policy("abc").split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'nonce-abc'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert not any("unsafe" in value for value in policy.values())


def test_a_form_may_lead_to_the_sign_in_services_of_the_operator(settings) -> None:  # type: ignore[no-untyped-def]
    settings.LIREN_OIDC_HOSTS = ["https://login.example.cn"]
    assert "form-action 'self' https://login.example.cn" in security.policy("abc")


def test_each_answer_has_a_nonce_of_its_own() -> None:
    from django.http import HttpResponse

    guard = security.ContentSecurityPolicy(lambda request: HttpResponse())
    first, second = (guard(RequestFactory().get("/"))["Content-Security-Policy"] for _ in range(2))
    assert first != second


def test_a_day_in_an_address_must_exist() -> None:
    with pytest.raises(ValueError, match="day"):
        converters.DayConverter().to_python("2026-02-30")
    assert converters.DayConverter().to_python("2026-02-28") == dt.date(2026, 2, 28)


@pytest.mark.parametrize(("number", "shown"), [(12345, "12,345"), (0, "0"), (None, "—"), ("", "—"), ("x", "x")])
def test_numbers_are_grouped_and_the_unknown_is_a_dash(number: object, shown: str) -> None:
    assert kit.count(number) == shown


def test_days_are_written_in_the_manner_of_the_language() -> None:
    from django.utils import translation

    with translation.override("zh-hans"):
        assert kit.day(dt.date(2026, 3, 1)) == '<time datetime="2026-03-01">2026年3月1日</time>'
    with translation.override("en"):
        assert kit.day(dt.date(2026, 3, 1)) == '<time datetime="2026-03-01">1 March 2026</time>'
    assert kit.day(None) == ""


@pytest.mark.parametrize(
    ("kind", "text", "chinese", "english"),
    [
        ("date", "2026-03-01", "2026年3月1日", "1 March 2026"),
        ("moment", "2026-03-01 09:30", "2026年3月1日 09:30", "1 March 2026 09:30"),
        ("moment", "a while ago", "a while ago", "a while ago"),
        ("text", "2026-03-01", "2026-03-01", "2026-03-01"),
    ],
)
def test_a_day_that_was_answered_is_written_like_any_other(kind: str, text: str, chinese: str, english: str) -> None:
    from types import SimpleNamespace

    from django.utils import translation

    given = SimpleNamespace(field=SimpleNamespace(kind=kind), text=text)
    for language, shown in (("zh-hans", chinese), ("en", english)):
        with translation.override(language):
            assert kit.answer(given) == shown


def test_a_name_known_only_in_chinese_says_so_on_an_english_page() -> None:
    from types import SimpleNamespace

    from django.utils import translation

    place = SimpleNamespace(name_zh="桂花<井", name_en="")
    with translation.override("en"):
        assert kit.named(place) == '<span lang="zh-Hans">桂花&lt;井</span>'
        assert kit.plain_name(place) == "桂花<井"
    with translation.override("zh-hans"):
        assert kit.named(place) == "桂花<井"
    assert kit.named(None) == kit.plain_name(None) == ""


def test_a_page_that_is_not_installed_has_no_address() -> None:
    assert kit.url_if("no-such-page") == ""
