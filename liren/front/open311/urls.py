"""Addresses of Open311 and of the feed of warnings."""

from django.urls import path

from liren.front.kit import converters
from liren.front.open311 import views

converters.register()

urlpatterns = [
    path("open311/discovery.<notation:notation>", views.discovery, name="open311-discovery"),
    path("open311/v2/services.<notation:notation>", views.services, name="open311-services"),
    path("open311/v2/services/<str:code>.<notation:notation>", views.service, name="open311-service"),
    path("open311/v2/requests.<notation:notation>", views.requests, name="open311-requests"),
    path("open311/v2/requests/<str:number>.<notation:notation>", views.one_request, name="open311-request"),
    path("open311/v2/tokens/<uuid:token>.<notation:notation>", views.token, name="open311-token"),
    path("alerts.atom", views.alerts, {"notation": "xml"}, name="alerts"),
    path("alerts/<number:number>.cap", views.alert, {"notation": "xml"}, name="alert"),
]
