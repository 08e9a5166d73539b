"""Addresses of the life circle at the desk."""

from django.urls import path

from liren.front.desk.lifecircle import (
    answers,
    estates,
    files,
    gaps,
    networks,
    overview,
    runs,
    sites,
    space,
    uploads,
    whatif,
)

urlpatterns = [
    path("life-circle/", overview.home, name="desk-circle"),
    path("life-circle/<code:code>/", overview.overview, name="desk-circle-unit"),
    path("life-circle/<code:code>/map.geojson", overview.compound_map, name="desk-circle-map"),
    path("life-circle/<code:code>/gaps/", gaps.gaps, name="desk-circle-gaps"),
    path("life-circle/<code:code>/gaps.csv", gaps.gaps_csv, name="desk-circle-gaps-csv"),
    path("life-circle/<code:code>/gaps/print/", gaps.gaps_print, name="desk-circle-gaps-print"),
    path("life-circle/<code:code>/what-if/", whatif.whatif, name="desk-circle-whatif"),
    path("life-circle/<code:code>/sites/", sites.sites, name="desk-circle-sites"),
    path("life-circle/<code:code>/runs/", runs.runs, name="desk-circle-runs"),
    path("life-circle/<code:code>/networks/", networks.networks, name="desk-circle-networks"),
    path("life-circle/<code:code>/networks/<uuid:kept>/", uploads.taken, name="desk-circle-taken"),
    path("life-circle/<code:code>/space/", space.space, name="desk-circle-space"),
    path("life-circle/<code:code>/answers/", answers.answers, name="desk-circle-answers"),
    path("life-circle/<code:code>/estates/", estates.estates, name="desk-circle-estates"),
    path("life-circle/<code:code>/files/", files.files, name="desk-circle-files"),
]
