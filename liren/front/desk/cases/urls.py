"""Addresses of cases at the desk."""

from django.urls import path

from liren.front.desk.cases import bulk, casepage, catalogue, contact, covering, deciding, intake, keys, phone, queue
from liren.front.kit import converters

converters.register()

urlpatterns = [
    path("cases/", queue.queue, name="desk-cases"),
    path("cases/cases.csv", queue.queue_csv, name="desk-cases-csv"),
    path("cases/print/", queue.queue_print, name="desk-cases-print"),
    path("cases/map.geojson", queue.queue_map, name="desk-cases-map"),
    path("cases/views/", queue.view_save, name="desk-cases-view"),
    path("cases/views/<id:pk>/drop/", queue.view_drop, name="desk-cases-view-drop"),
    path("cases/bulk/", bulk.bulk, name="desk-cases-bulk"),
    path("cases/new/", intake.intake, name="desk-intake"),
    path("cases/new/look/", intake.look, name="desk-intake-look"),
    path("cases/find/", intake.find, name="desk-cases-find"),
    path("cases/<number:number>/", casepage.case, name="desk-case"),
    path("cases/<number:number>/move/<word:code>/", casepage.move, name="desk-case-move"),
    path("cases/<number:number>/do/<word:code>/", casepage.do, name="desk-case-do"),
    path("cases/<number:number>/files/<id:pk>/", casepage.file, name="desk-case-file"),
    path("cases/<number:number>/files/<id:pk>/publish/", covering.publish, name="desk-case-publish"),
    path("cases/<number:number>/parts/<id:pk>/", casepage.part, name="desk-case-part"),
    path("cases/<number:number>/contact/", contact.contact, name="desk-case-contact"),
    path("cases/<number:number>/receipt/", intake.receipt, name="desk-intake-receipt"),
    path("phone/", phone.phone, name="desk-phone"),
    path("phone/<number:number>/", phone.phone_case, name="desk-phone-case"),
    path("catalogue/", catalogue.rule_list, name="desk-catalogue"),
    path("catalogue/add/", catalogue.rule_add, name="desk-rule-add"),
    path("catalogue/<id:pk>/end/", catalogue.rule_end, name="desk-rule-end"),
    path("catalogue/why/", catalogue.why, name="desk-rule-why"),
    path("catalogue/import/", catalogue.rule_import, name="desk-rule-import"),
    path("catalogue/import/<uuid:kept>/", catalogue.rule_check, name="desk-rule-check"),
    path("keys/", keys.key_list, name="desk-keys"),
    path("keys/add/", keys.key_add, name="desk-key-add"),
    path("keys/<id:pk>/", keys.key, name="desk-key"),
    path("keys/<id:pk>/end/", keys.key_end, name="desk-key-end"),
    path("keys/<id:pk>/subscribe/", keys.subscribe, name="desk-key-subscribe"),
    path("subscriptions/<id:pk>/again/", keys.send_again, name="desk-subscription-again"),
    path("subscriptions/<id:pk>/end/", keys.unsubscribe, name="desk-subscription-end"),
    path("approvals/", deciding.approvals, name="desk-approvals"),
    path("approvals/<word:kind>/<id:pk>/", deciding.approval, name="desk-approval"),
    path("disputes/", deciding.dispute_list, name="desk-disputes"),
    path("disputes/<id:pk>/", deciding.dispute, name="desk-dispute"),
    path("escalations/", deciding.escalations, name="desk-escalations"),
]
