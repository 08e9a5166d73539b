"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from liren.front.kit.display import display_of

#: The language of a page as browsers and screen readers name it.
HTML_LANGUAGE = {"zh-hans": "zh-Hans-CN", "en": "en"}


def page(request: HttpRequest) -> dict[str, Any]:
    """Display choice, nonce of the import map, language, and whether the city is a simulated one."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "display": display_of(request),
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "page_language": HTML_LANGUAGE.get(language, language),
        "can_use_codes": settings.ACCOUNT_LOGIN_BY_CODE_ENABLED,
        "is_simulated": getattr(settings, "DEMO", False),
        "site_name": getattr(settings, "LIREN_SITE_NAME", "") or _("Liren"),
    }
