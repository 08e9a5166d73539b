"""Addresses of the portal. What does not fit a converter is 404 before any view runs."""

from django.urls import path

from liren.front.kit import converters
from liren.front.portal.views import about, bodies, display, find, home, me, units

converters.register()

urlpatterns = [
    path("", home.home, name="home"),
    path("units/", units.unit_list, name="unit-list"),
    path("units/<code:code>/", units.unit, name="unit"),
    path("units/<code:code>/history/", units.unit_history, name="unit-history"),
    path("units/<code:code>/changes/", units.unit_changes, name="unit-changes"),
    path("units/<code:code>/streets/", units.unit_streets, name="unit-streets"),
    path("units/<code:code>/map.geojson", units.unit_geo, name="unit-geo"),
    path("units/<code:code>/bodies/", bodies.unit_bodies, name="unit-bodies"),
    path("bodies/", bodies.body_list, name="body-list"),
    path("bodies/<id:pk>/", bodies.body, name="body"),
    path("zones/<slug:slug>/", units.zone, name="zone"),
    path("search/", find.search, name="search"),
    path("where/", find.where, name="where"),
    path("me/", me.me, name="me"),
    path("me/residency/", me.residency, name="me-residency"),
    path("me/residency/leave/", me.leave, name="me-leave"),
    path("me/contacts/", me.contacts, name="me-contacts"),
    path("me/profile/", me.profile, name="me-profile"),
    path("me/consents/", me.consents, name="me-consents"),
    path("me/access/", me.access, name="me-access"),
    path("me/export/", me.export, name="me-export"),
    path("me/erase/", me.erase, name="me-erase"),
    path("about/", about.about, name="about"),
    path("about/data/", about.about_data, name="about-data"),
    path("about/automation/", about.about_automation, name="about-automation"),
    path("about/accessibility/", about.about_accessibility, name="about-accessibility"),
    path("display/", display.display, name="display"),
]
