"""The one reader of the environment: typed, with the name in every complaint."""

import os

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """The variable as it stands; without a default it must be there."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"Set the environment variable {name}; docs/reference/settings.md says what it means."
        )
    return value


def flag(name: str, default: bool = False) -> bool:
    """1/true/yes/on or 0/false/no/off; anything else is refused rather than guessed."""
    value = text(name, "1" if default else "0").strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no; write 1 or 0.")
    return value in TRUE


def number(name: str, default: int) -> int:
    """A whole number."""
    value = text(name, str(default))
    if not value.lstrip("-").isdigit():
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
