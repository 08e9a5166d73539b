"""Addresses of the desk. What does not fit a converter is 404 before any view runs."""

from django.urls import path

from liren.front.desk import (
    access,
    audit,
    boundary,
    calendar,
    corrections,
    facts,
    home,
    mandates,
    operations,
    proposals,
    residency,
    sizes,
    units,
)
from liren.front.kit import converters

converters.register()

urlpatterns = [
    path("", home.home, name="desk"),
    path("residency/", residency.residency_list, name="desk-residency"),
    path("residency.csv", residency.residency_csv, name="desk-residency-csv"),
    path("residency/<id:pk>/", residency.residency_decide, name="desk-residency-decide"),
    path("mandates/", mandates.mandate_list, name="desk-mandates"),
    path("mandates.csv", mandates.mandate_csv, name="desk-mandates-csv"),
    path("mandates/grant/", mandates.mandate_grant, name="desk-mandate-grant"),
    path("mandates/<id:pk>/end/", mandates.mandate_end, name="desk-mandate-end"),
    path("people/<id:pk>/contact/", access.contact_open, name="desk-contact-open"),
    path("contacts/<uuid:grant>/", access.contact, name="desk-contact"),
    path("units/<code:code>/", units.unit_card, name="desk-unit"),
    path("units/<code:code>/create/", operations.unit_create, name="desk-unit-create"),
    path("units/<code:code>/rename/", operations.unit_rename, name="desk-unit-rename"),
    path("units/<code:code>/convert/", operations.unit_convert, name="desk-unit-convert"),
    path("units/<code:code>/move/", operations.unit_move, name="desk-unit-move"),
    path("units/<code:code>/merge/", operations.unit_merge, name="desk-unit-merge"),
    path("units/<code:code>/split/", operations.unit_split, name="desk-unit-split"),
    path("units/<code:code>/abolish/", operations.unit_abolish, name="desk-unit-abolish"),
    path("units/<code:code>/dissolve/", operations.unit_dissolve, name="desk-unit-dissolve"),
    path("units/<code:code>/correct/", corrections.unit_correct, name="desk-unit-correct"),
    path("units/<code:code>/population/", facts.population, name="desk-population"),
    path("units/<code:code>/boundary/", boundary.boundary, name="desk-boundary"),
    path("units/<code:code>/grid/", facts.grid, name="desk-grid"),
    path("units/<code:code>/service-contact/", facts.service_contact, name="desk-service-contact"),
    path("units/<code:code>/occupancy/", facts.occupancy, name="desk-occupancy"),
    path("units/<code:code>/management/", facts.management, name="desk-management"),
    path("units/<code:code>/streets/", facts.street, name="desk-streets"),
    path("units/<code:code>/chiefs/", facts.chief, name="desk-street-chief"),
    path("units/<code:code>/size/", sizes.size, name="desk-size"),
    path("units/<code:code>/propose/", proposals.proposal_raise, name="desk-proposal-raise"),
    path("proposals/", proposals.proposal_list, name="desk-proposals"),
    path("proposals/<id:pk>/", proposals.proposal, name="desk-proposal"),
    path("calendar/", calendar.calendar_year, name="desk-calendar"),
    path("calendar.csv", calendar.calendar_csv, name="desk-calendar-csv"),
    path("calendar/add/", calendar.calendar_add, name="desk-calendar-add"),
    path("audit/", audit.audit_list, name="desk-audit"),
    path("audit.csv", audit.audit_csv, name="desk-audit-csv"),
    path("access/", access.access_list, name="desk-access"),
    path("access/<id:pk>/", access.access_review, name="desk-access-review"),
]
