"""The URL table: residents' pages at the root, officials' under desk/, programs' under
api/ and open311/, accounts under accounts/; English under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from liren.front.portal.views.health import health

handler400 = "liren.foundation.kernel.pages.bad_request"
handler403 = "liren.foundation.kernel.pages.permission_denied"
handler404 = "liren.foundation.kernel.pages.page_not_found"
handler500 = "liren.foundation.kernel.pages.server_error"

urlpatterns = [
    path("health", health, name="health"),
    *i18n_patterns(
        path("accounts/", include("allauth.urls")),
        path("api/", include("liren.front.api.urls")),
        path("desk/", include("liren.front.desk.urls")),
        path("", include("liren.front.open311.urls")),
        path("", include("liren.front.portal.urls")),
        prefix_default_language=False,
    ),
]
