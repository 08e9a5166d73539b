"""How pages look to a visitor: light or dark, normal or large print. Kept in one small cookie, without an account."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

COOKIE = "liren_display"
YEAR_S = 365 * 24 * 3600
THEMES = ("auto", "light", "dark")
PRINTS = ("normal", "large")


@dataclass(frozen=True)
class Display:
    """``theme`` auto follows the device; ``print`` large is bigger type with the highest contrast."""

    theme: str = "auto"
    print: str = "normal"

    @property
    def is_large(self) -> bool:
        return self.print == "large"


def display_of(request: HttpRequest) -> Display:
    """What the visitor chose earlier; anything unknown in the cookie counts as no choice."""
    theme, _, size = request.COOKIES.get(COOKIE, "").partition(".")
    return Display(theme if theme in THEMES else "auto", size if size in PRINTS else "normal")


def keep(response: HttpResponse, display: Display, *, secure: bool) -> HttpResponse:
    """Remember the choice on this device for a year."""
    value = f"{display.theme}.{display.print}"
    response.set_cookie(COOKIE, value, max_age=YEAR_S, samesite="Lax", secure=secure, httponly=True)
    return response
