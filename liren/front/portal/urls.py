"""Addresses of the portal. What does not fit a converter is 404 before any view runs."""

from django.urls import path

from liren.front.kit import converters
from liren.front.portal.views import about, bodies, display, documents, find, home, me, registers, units

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
    path("registers/", registers.register_list, name="register-list"),
    path("registers/<word:code>.csv", registers.register_csv, name="register-csv"),
    path("registers/<word:code>.geojson", registers.register_geo, name="register-geo"),
    path("registers/<word:code>/", registers.register, name="register"),
    path("registers/<word:code>/coverage/", registers.register_coverage, name="register-coverage"),
    path("registers/<word:code>/about/", registers.register_about, name="register-about"),
    path("registers/<word:code>/map.geojson", registers.register_map, name="register-map"),
    path("registers/<word:code>/<id:number>/", registers.register_entry, name="register-entry"),
    path("registers/<word:code>/<id:number>/files/<id:key>/", registers.register_file, name="register-file"),
    path("search/", find.search, name="search"),
    path("where/", find.where, name="where"),
    path("documents/", documents.document_list, name="document-list"),
    path("documents/compare/", documents.document_compare, name="document-compare"),
    path("documents/<pack:jur>/", documents.place, name="document-place"),
    path("documents/<pack:jur>/<pack:doc>/", documents.document, name="document"),
    path("documents/<pack:jur>/<pack:doc>/<provision:number>/", documents.provision, name="provision"),
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
