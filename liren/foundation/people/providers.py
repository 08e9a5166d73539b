"""Sign-in by other houses, ready by the environment and absent without it. No Django here: the settings import it."""

from collections.abc import Mapping
from typing import Any


def providers(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """SOCIALACCOUNT_PROVIDERS from the environment.

    OpenID Connect needs LIREN_OIDC_SERVER_URL, LIREN_OIDC_CLIENT_ID and LIREN_OIDC_SECRET (LIREN_OIDC_ID and
    LIREN_OIDC_NAME may name it); Weixin needs LIREN_WEIXIN_CLIENT_ID and LIREN_WEIXIN_SECRET. Half a set is an error,
    because a button that can't work would appear. Only ``openid`` is asked for: no profile, no e-mail.
    """
    found: dict[str, dict[str, Any]] = {}
    oidc = _all_or_none(environ, "LIREN_OIDC_SERVER_URL", "LIREN_OIDC_CLIENT_ID", "LIREN_OIDC_SECRET")
    if oidc:
        server, client, secret = oidc
        app = {
            "provider_id": environ.get("LIREN_OIDC_ID", "city"),
            "name": environ.get("LIREN_OIDC_NAME", "OpenID Connect"),
            "client_id": client,
            "secret": secret,
            "settings": {"server_url": server, "fetch_userinfo": False},
        }
        found["openid_connect"] = {"SCOPE": ["openid"], "OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    weixin = _all_or_none(environ, "LIREN_WEIXIN_CLIENT_ID", "LIREN_WEIXIN_SECRET")
    if weixin:
        found["weixin"] = {"APPS": [{"client_id": weixin[0], "secret": weixin[1]}]}
    return found


def _all_or_none(environ: Mapping[str, str], *names: str) -> list[str]:
    values = [environ.get(name, "") for name in names]
    if any(values) and not all(values):
        missing = ", ".join(name for name, value in zip(names, values, strict=True) if not value)
        raise ValueError(f"Sign-in by another house is half set up: {missing} is missing.")
    return values if all(values) else []
