"""What a good form says, page by page; and which fields a page has."""

from typing import Any

from django.forms import BaseForm
from django.test.utils import ContextList

from tests.fuzz.attack import Target
from tests.rights.routes import Route
from tests.rights.thrift import undone

PAPER = {"effective_on": "2026-07-01", "instrument": "里府函〔2026〕1号", "reason": "便于管理", "step": "preview"}
NEW = {"code": "970102001009", "name_zh": "新里社区", "name_en": "Xinli"}
POST = {"effective_on": "2026-07-01", "post": "网格长", "name": "某某", "telephone": "028-0000000"}
BODY = {"effective_on": "2026-03-01", "instrument": "里社治〔2026〕1号"}
FACE = BODY | {"name_zh": "新里合唱队", "name_en": "", "parent": "", "works": "culture_sport", "part": "", "place": ""}
FACE |= {"remit_zh": "唱歌", "remit_en": "", "telephone": "028-0000000", "address": "明德路1号"}
DUTIES = {"duty_zh": "主持", "duty_en": "", "seats": "9"}
ENTRY = {"unit": "970102001001", "name_zh": "明德书屋", "name_en": "", "lon": "104.0", "lat": "30.0", "outside": "on"}
ENTRY |= {
    "area": "120",
    "open_daily": "true",
    "rhythm": "weekly",
    "readers": "30",
    "note": "",
    "desk_phone": "028-1234567",
}
ENTRY |= {"key_holder": "值班岗", "opened_on": "2020-01-01"}
BASELINES: dict[str, dict[str, Any]] = {
    "report": {"text": "3栋门口路灯不亮", "category": "lamp", "community": "", "unit": "970102001001", "again": "1"}
    | {"address": "3栋", "lon": "", "lat": "", "name": "", "phone": "", "unnamed": "", "about": "", "body": ""}
    | {"client_key": "6f2ac2c2-54fd-4fd2-9d77-0d2f1f1b1c11", "ask_since": "2026-05-01"},
    "open311-requests": {"api_key": "liren_x", "service_code": "request.lamp", "description": "路灯不亮", "lat": "30"}
    | {"long": "104", "attribute[since]": "2026-05-01", "jurisdiction_id": "970102001001", "media_url": ""},
    "api-alarms": {"reading": "12"},
    "api-exchange-notes": {"note": "已到现场", "told": "true"},
    "api-exchange-moves": {"revision": "1", "status": "in_work"},
    "api-exchange-call": {"answer": "下午到", "comes": "true"},
    "api-gate-hand": {"sender": "1", "work": "[]"},
    "api-gate-refuse": {"note": "不在清单内"},
    "api-gate-outside": {"community": "970102001001", "sender": "1", "kind": "form", "text": "当天报表"},
    "report-suggest": {"text": "路灯不亮"},
    "case-find": {"number": "0000001-3", "key": ""},
    "case-note": {"note": "又灭了一盏"},
    "case-verdict": {"solved": "yes", "satisfied": "yes", "then": "", "note": "", "seen": "1"},
    "case-follow": {"leave": ""},
    "me-notices": {"community": "", "unit": "970102001001", "topic": ["outage"]},
    "me-notices-end": {"unit": "1", "topic": "outage"},
    "desk-residency-decide": {"decision": "refuse", "note": "请补充材料"},
    "desk-mandate-grant": {
        "username": "nobody",
        "role": "community_worker",
        "unit": "970102001001",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "duties": "巡查",
        "weekly_minutes": "2400",
    },
    "desk-mandate-end": {"ends_on": "2026-12-31"},
    "desk-contact-open": {"kind": "address", "purpose": "通知停水并核对门牌"},
    "desk-unit-create": PAPER | NEW | {"level": "7", "kind": "grid", "code": "970102001001-G009", "character": ""},
    "desk-unit-rename": PAPER | {"name_zh": "新里社区", "name_en": "Xinli"},
    "desk-unit-convert": PAPER | NEW | {"kind": "village", "character": "rural"},
    "desk-unit-move": PAPER | {"parent": "970102002000", "code": "970102002009"},
    "desk-unit-merge": PAPER | NEW | {"others": "970102001002", "becomes": "new", "kind": "community"},
    "desk-unit-split": PAPER
    | {"parts": "970102001008,东里社区,40\n970102001009,西里社区,60", "children": "", "keep_percent": "", "stays": ""},
    "desk-unit-abolish": PAPER,
    "desk-unit-dissolve": PAPER,
    "desk-unit-correct": PAPER | NEW | {"kind": "village", "character": "rural", "starts_on": "2001-02-01"},
    "desk-population": {"year": "2025", "households": "1400", "residents": "4200", "urban_residents": "4000"}
    | {"source": "年报", "published_on": "2026-02-01"},
    "desk-grid": {"effective_on": "2026-07-01", "systems": "网格平台", "rules": "网格管理办法", "extent": "三栋楼"}
    | {"rules_url": "https://example.org/rules"},
    "desk-service-contact": POST,
    "desk-subjects": {"kind": "building", "name_zh": "1栋", "effective_on": "2026-07-01"},
    "desk-subject": POST,
    "desk-occupancy": {"measured_on": "2026-01-01", "homes_planned": "100", "homes_occupied": "80", "source": "台账"},
    "desk-management": {"effective_on": "2026-07-01", "form": "firm", "manager": "某物业", "source": "合同"},
    "desk-streets": {"name_zh": "明德路", "name_en": "Mingde Road", "start": "东", "end": "西", "length_m": "800"}
    | {"opened_on": "2020-01-01"},
    "desk-street-chief": POST | {"street": "1", "duties": "巡查", "sign_place": "路口"},
    "desk-street-close": {"effective_on": "2026-07-01"},
    "desk-size": {"measure": "households", "kind": "", "character": "", "low": "1000", "high": "3000"}
    | {"effective_on": "2026-07-01", "source": "管理办法"},
    "desk-proposal-raise": {"reason": "入住率已达标"},
    "desk-proposal": {"step": "accept", "note": "同意"},
    "desk-zone-create": {
        "name_zh": "新园",
        "name_en": "",
        "kind": "scenic",
        "managing_body": "管理处",
        "slug": "xinyuan",
    }
    | {"effective_on": "2026-07-01"},
    "desk-zone-put": {"unit": "970102001001", "whole": "on", "effective_on": "2026-07-01"},
    "desk-zone-take-out": {"unit": "970102001001", "effective_on": "2026-07-01"},
    "desk-zone-close": {"effective_on": "2026-07-01"},
    "desk-zone-boundary": {
        "crs": "auto",
        "feature": "1",
        "source": "测绘",
        "from_day": "2026-01-01",
        "step": "preview",
    },
    "desk-calendar-add": {
        "unit": "970100000000",
        "year": "2027",
        "title": "通知",
        "document": "1号",
        "days": "2027-02-05 rest 春节",
    }
    | {"issued_on": "2026-11-01", "settles_year": "on"},
    "desk-body-found": FACE | {"kind": "social_organisation", "registration": "none", "uscc": ""},
    "desk-body-change": FACE | {"unit": "970102001001"},
    "desk-body-register": BODY | {"move": "file", "uscc": "", "note": "章程已备"},
    "desk-body-dissolve": BODY,
    "desk-body-member": BODY | {"member": "1", "role": "member"},
    "desk-body-pair": BODY | {"unit": "970102001001", "agreed_zh": "开放停车场", "agreed_en": "Parking"},
    "desk-body-figure": {"measure": "members", "year": "2025", "number": "12", "source": "年报"},
    "desk-body-entry": {"kind": "support", "happened_on": "2026-03-01", "text_zh": "免费场地", "text_en": ""}
    | {"amount": "12.50", "answers": "", "source": "文件"},
    "desk-body-activity": {"unit": "970102001001", "held_on": "2026-03-01", "text_zh": "清洁日", "text_en": ""}
    | {"result_zh": "", "took_part": "40", "partner": "", "line": "volunteers"},
    "desk-post-make": BODY | DUTIES | {"name_zh": "委员", "name_en": "", "filled_by": "election", "is_published": "on"},
    "desk-post-change": DUTIES | {"is_published": "on", "effective_on": "2026-03-01"},
    "desk-post-close": {"effective_on": "2026-03-01"},
    "desk-post-fill": BODY | {"name": "某某", "by_body": "", "how": "election", "sent_by": "", "until": ""},
    "desk-holding-end": {"effective_on": "2026-03-01"},
    "desk-holding-correct": {"name": "某某"},
    "desk-duty-publish": {"kind": "duty", "post": "", "text_zh": "服务居民", "text_en": "", "basis": ""}
    | {"instrument": "三定方案", "effective_on": "2026-03-01"},
    "desk-duty-withdraw": {"effective_on": "2026-03-01"},
    "desk-member-end": {"effective_on": "2026-03-01"},
    "desk-body-liaison": {"unit": "970102001001", "name": "某某", "telephone": "", "effective_on": "2026-03-01"},
    "desk-holding-link": {"account": ""},
    "desk-authority-extend": BODY | {"power": "planning", "detail": "控规修改", "from_body": ""},
    "desk-strand-lead": {"line": "services", "lead": "1", "effective_on": "2026-03-01"},
    "desk-arrangement": BODY | {"kind": "cppcc_member", "level": "3", "name": "某某", "times": "周一", "where": "室"},
    "desk-liaison-end": {"effective_on": "2026-03-01"},
    "desk-authority-end": {"effective_on": "2026-03-01"},
    "desk-strand-end": {"effective_on": "2026-03-01"},
    "desk-arrangement-end": {"effective_on": "2026-03-01"},
    "desk-reception": {"held_on": "2026-03-01", "topic": "traffic", "times_raised": "3", "outcome": "已增设车位"},
    "desk-pairing-end": {"effective_on": "2026-03-01"},
    "desk-pairing-delivery": {"delivered_on": "2026-03-01", "what_zh": "开放车位", "what_en": ""},
    "desk-register-add": ENTRY,
    "desk-register-edit": ENTRY | {"seen": "0", "opened": ""},
    "desk-register-review": {"pile": "1"},
    "desk-register-close": {"reason": "搬走了", "closed_on": "2026-03-01"},
    "desk-register-reopen": {"reason": "又搬回来了"},
    "desk-register-open": {"purpose": "更换钥匙保管岗位"},
    "desk-register-import": {"source": "文旅局台账"},
    "desk-intake-look": {"type": "request", "text": "路灯不亮", "lon": "104.0", "lat": "30.0", "part": "unit"},
    "desk-key-add": {"name": "市政热线", "kind": "open311", "unit": "970102001001", "device": "", "body": ""},
    "desk-key-subscribe": {"address": "https://hooks.example.org/liren", "types": "request"},
    "gate-comment": {"text": "支持"},
    "desk-gate-apply": {"sender": "1", "work_type": "task", "title_zh": "协助走访", "title_en": ""}
    | {"basis": "条例第一条", "purpose": "每季度一次"}
    | {"communities": "970102001001", "first": "2027-03-01"}
    | {"last": "2027-12-31", "guide": "", "minutes_a_month": "60", "fields_asked": "姓名"}
    | {"money_fen": "100.50", "conditions": "", "information": ""},
    "desk-gate-hand": {"communities": "", "title_zh": "走访", "text": "", "given_on": "2026-12-01", "due_on": ""}
    | {"minutes": "60", "fields_asked": "姓名"},
    "desk-gate-support": {"money_fen": "100", "conditions": "场地", "information": "名单", "guide": "1"},
    "desk-admission-end": {"on": "2027-01-01", "reason": "不再需要"},
    "desk-application-next": {"note": "清单上没有"},
    "desk-application-hear": {"community": "970102001001", "stand": "agrees", "text": "可以做"},
    "desk-application-decide": {"outcome": "refused", "session": "联席会议", "ground": "没有依据"},
    "desk-application-withdraw": {"ground": "不需要了"},
    "desk-gate-work": {"move": "accept", "item": "", "note": ""},
    "desk-gate-ledger": {"entered_on": "2026-11-01", "minutes": "20"},
    "desk-gate-ledger-close": {"on": "2026-12-01", "why": "不再需要"},
    "desk-gate-outside-add": {"community": "970102001001", "sender": "1", "work_type": "form", "text": "当天报表"}
    | {"happened_on": "2026-11-01"},
    "desk-gate-outside-judge": {"move": "correct", "answer": "已撤回"},
    "desk-gate-fate": {"fate": "cut", "effective_on": "2026-11-01", "instrument": "通知"}
    | {"route_zh": "", "route_en": ""},
    "desk-gate-count": {"stock": "task", "name_zh": "周报", "name_en": "", "demanded_by": "", "basis": ""}
    | {"counted_on": "2026-11-01"},
    "desk-gate-diary": {"day": "2026-11-01", "residents": "60", "tasks": "60", "forms": "", "meetings": ""},
    "desk-agreement-sign": {"office": "1", "committee": "1", "signed_on": "2026-11-01", "first": "2026-11-01"}
    | {"last": "2027-10-31", "street_duties": "拨款", "committee_duties": "协助"}
    | {"instrument": "协议", "matter_1": "10"},
    "desk-agreement-appraise": {"side": "street", "verdict": "kept", "text": "按时"},
    "desk-gate-draft": {"kind": "negative", "reason": "更新"},
    "desk-gate-change": {"op": "add", "code": "a_b", "name_zh": "统计", "name_en": "", "basis": "条例"}
    | {"reason": "无关", "work_type": "", "words": "统计"},
    "desk-gate-version-step": {"move": "open", "day": "2027-01-01"},
    "desk-access-review": {"outcome": "doubtful", "note": "请说明"},
    "desk-pass": {"body": "1", "number": "0000-0000-0000-0000"},
    "case-pass": {"providers": "1", "size": "a4", "do": ""},
    "desk-look-review": {"outcome": "doubtful", "note": "请说明"},
    "desk-case-publish": {"cover": "blurred", "cells": "1-1", "left": "10", "top": "10", "width": "5", "height": "5"},
    "desk-circle-networks": {
        "what": "ways",
        "ways-mode": "walk",
        "ways-crs": "",
        "ways-source": "",
        "ways-start": "on",
    },
    "desk-boundary": {"crs": "auto", "feature": "1", "source": "测绘", "from_day": "2026-01-01", "step": "preview"},
}
#: Names that pages read beside the fields of their form.
BESIDE = ("step", "drawing", "next", "theme", "print")
_known: dict[str, tuple[str, ...]] = {}


def fields_of(target: Target, route: Route) -> tuple[str, ...]:
    """The fields of the page's forms, as the page itself shows them, and what else it may read."""
    if route.name not in _known:
        with undone():
            reply = target.clients[target.sender(route)].get(target.address(route))
        seen = reply.context if isinstance(reply.context, ContextList) else filter(None, [reply.context])
        forms = [value for one in seen for value in one.flatten().values() if isinstance(value, BaseForm)]
        names = [name for form in forms for name in form.fields]
        _known[route.name] = tuple(dict.fromkeys([*names, *BASELINES.get(route.name, {}), *BESIDE]))
    return _known[route.name]
