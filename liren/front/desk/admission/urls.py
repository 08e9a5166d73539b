"""Addresses of the admission gate on the desk."""

from django.urls import path

from liren.front.desk.admission import (
    agreements,
    application,
    applying,
    burden,
    committee,
    department,
    lists,
    outside,
    overview,
    table,
    watching,
)

STEPS = (
    application.VIEWS
    | department.VIEWS
    | committee.VIEWS
    | watching.VIEWS
    | agreements.VIEWS
    | lists.VIEWS
    | outside.VIEWS
)

urlpatterns = [
    path("gate/", overview.overview, name="desk-gate"),
    path("gate/apply/", applying.apply, name="desk-gate-apply"),
    path("gate/mine/", department.mine, name="desk-gate-mine"),
    path("gate/table/", table.table_import, name="desk-gate-table-import"),
    path("gate/table/<uuid:kept>/", table.table_check, name="desk-gate-table-check"),
    path("gate/table/<uuid:kept>/faults.csv", table.table_faults, name="desk-gate-table-faults"),
    path("gate/table/template.xlsx", table.table_template, {"kind": "xlsx"}, name="desk-gate-table-template"),
    path("gate/table/columns.csv", table.table_template, {"kind": "csv"}, name="desk-gate-table-columns"),
    path("gate/admissions/<id:pk>/hand/", STEPS["desk-gate-hand"], name="desk-gate-hand"),
    path("gate/admissions/<id:pk>/support/", STEPS["desk-gate-support"], name="desk-gate-support"),
    path("gate/admissions/<id:pk>/end/", STEPS["desk-admission-end"], name="desk-admission-end"),
    path("gate/applications/<id:pk>/", application.application, name="desk-application"),
    path("gate/applications/<id:pk>/next/", STEPS["desk-application-next"], name="desk-application-next"),
    path("gate/applications/<id:pk>/hear/", STEPS["desk-application-hear"], name="desk-application-hear"),
    path("gate/applications/<id:pk>/decide/", STEPS["desk-application-decide"], name="desk-application-decide"),
    path("gate/applications/<id:pk>/withdraw/", STEPS["desk-application-withdraw"], name="desk-application-withdraw"),
    path("gate/meeting/", application.meeting, name="desk-gate-meeting"),
    path("gate/asked/", committee.asked, name="desk-gate-asked"),
    path("gate/work/<id:pk>/", committee.work, name="desk-gate-work"),
    path("gate/ledgers/<id:pk>/", STEPS["desk-gate-ledger"], name="desk-gate-ledger"),
    path("gate/ledgers/<id:pk>/close/", STEPS["desk-gate-ledger-close"], name="desk-gate-ledger-close"),
    path("gate/outside/", outside.reports, name="desk-gate-outside"),
    path("gate/outside/add/", outside.report, name="desk-gate-outside-add"),
    path("gate/outside/<id:pk>/", outside.one, name="desk-gate-outside-one"),
    path("gate/outside/<id:pk>/judge/", STEPS["desk-gate-outside-judge"], name="desk-gate-outside-judge"),
    path("gate/refusals/", watching.refusals, name="desk-gate-refusals"),
    path("gate/inventory/", watching.inventory, name="desk-gate-inventory"),
    path("gate/inventory/<id:pk>/", STEPS["desk-gate-fate"], name="desk-gate-fate"),
    path("units/<code:code>/inventory/", STEPS["desk-gate-count"], name="desk-gate-count"),
    path("units/<code:code>/burden/", burden.ledger, name="desk-gate-burden"),
    path("units/<code:code>/diary/", STEPS["desk-gate-diary"], name="desk-gate-diary"),
    path("gate/agreements/", agreements.agreement_list, name="desk-agreements"),
    path("gate/agreements/<id:pk>/", agreements.agreement, name="desk-agreement"),
    path("gate/agreements/<id:pk>/appraise/", STEPS["desk-agreement-appraise"], name="desk-agreement-appraise"),
    path("units/<code:code>/agreement/", STEPS["desk-agreement-sign"], name="desk-agreement-sign"),
    path("gate/lists/", lists.versions, name="desk-gate-versions"),
    path("gate/lists/<id:pk>/", lists.version, name="desk-gate-version"),
    path("gate/lists/<id:pk>/change/", STEPS["desk-gate-change"], name="desk-gate-change"),
    path("gate/lists/<id:pk>/step/", STEPS["desk-gate-version-step"], name="desk-gate-version-step"),
    path("units/<code:code>/lists/", STEPS["desk-gate-draft"], name="desk-gate-draft"),
]
