"""Just enough pages to sign in on: allauth's own, a home, and a desk behind the second factor."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def plain(request: HttpRequest, pk: int = 0) -> HttpResponse:
    who = request.user.username if request.user.is_authenticated else "nobody"
    return HttpResponse(f"seen by {who}")


desk = [path("", plain, name="desk"), path("claims/<int:pk>/", plain, name="desk-claim")]
urlpatterns = i18n_patterns(
    path("accounts/", include("allauth.urls")),
    path("desk/", include(desk)),
    path("deskless/", plain, name="deskless"),
    path("", plain, name="home"),
    prefix_default_language=False,
)
