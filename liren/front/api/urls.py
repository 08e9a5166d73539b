"""Addresses of the API, as they are declared. What does not fit a converter is 404 before any view runs."""

from django.urls import path

from liren.front.api import alarms, pages, partners, writing
from liren.front.api.endpoints import view
from liren.front.api.table import ENDPOINTS, EXCHANGE, EXCHANGE_WRITES, WRITES
from liren.front.kit import converters

converters.register()

urlpatterns = [
    path("", pages.index, name="api"),
    path("openapi.json", pages.description, name="api-openapi"),
    path("alarms/", alarms.alarms, name="api-alarms"),
    path("key/", writing.key, name="api-key"),
    *(path(one.path, writing.write_view(one), name=one.name) for one in WRITES),
    *(path(one.path, partners.read_view(one), name=one.name) for one in EXCHANGE),
    *(path(one.path, partners.write_view(one), name=one.name) for one in EXCHANGE_WRITES),
    *(path(one.path, view(one), name=one.name) for one in ENDPOINTS),
]
