"""Entering, changing, reviewing, closing: who may, what stays, and what the history says."""

from datetime import date, timedelta

import pytest
from django.db import connection

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers import queries, services
from liren.foundation.registers.models import Entry, EntryChange, Look, NoEntry, NoRegister
from liren.foundation.registers.services import BadEntry
from liren.foundation.territory import services as territory
from tests import make
from tests.make import geo
from tests.make import registers as build

LATER = build.NOW + timedelta(days=40)


def change(number: int, *, by=build.SYSTEM, at=build.NOW, of="reading_room", **facts):
    return services.change_entry(of, number, by=by, at=at, **facts)


def test_an_entry_is_entered_with_its_line_of_history_and_of_the_audit_log(town, rooms):
    entry = build.room(town.willow, name="柳荫书屋", area="１２０㎡", open_daily="是", lon="104.1", lat=30.6)
    entry = Entry.objects.get(pk=entry.pk)
    assert (entry.number, entry.values, entry.pinyin) == (1, {"area": 120, "open_daily": True}, "liu yin shu wu")
    assert (entry.lon, entry.reviewed_on, entry.written_as_id) == (104.1, date(2026, 6, 1), rooms.version)
    line = EntryChange.objects.get()
    assert (line.kind, line.actor, line.values, line.name_zh) == ("created", "system:test", entry.values, "柳荫书屋")
    said = AuditEntry.objects.filter(action="registers.created").get()
    assert (said.object_id, said.unit_id) == (str(entry.pk), town.willow.pk)
    assert "柳荫" not in str(said.facts)


def test_numbers_are_given_in_turn_within_each_register(town, rooms):
    build.declared(code="other_room", name={"zh": "别的", "en": "Other"})
    made = [build.room(town.willow), build.room(town.plum), build.room(town.plum, of="other_room")]
    assert [(one.register_id == rooms.pk, one.number) for one in made] == [(True, 1), (True, 2), (False, 1)]


def test_everything_wrong_is_told_field_by_field(town, rooms):
    with pytest.raises(BadEntry) as caught:
        build.room(town.willow, name=" ", area="大", rhythm="从不", lon="1")
    assert set(caught.value.by_field) == {"name_zh", "area", "rhythm", "lat"}
    assert not Entry.objects.exists()
    assert not EntryChange.objects.exists()


@pytest.mark.parametrize("unit_id", [0, -1, 2**63, 10**40, 999_999])
def test_a_unit_that_is_not_there_is_refused(rooms, unit_id):
    with pytest.raises(BadInput, match="这一天没有这个单元"):
        services.add_entry(
            "reading_room", unit_id=unit_id, identity={"name_zh": "甲"}, values={}, by=build.SYSTEM, at=build.NOW
        )


def test_a_unit_of_another_level_is_refused(town, rooms):
    for unit in (town.city, town.east, town.grid):
        with pytest.raises(BadInput):
            build.room(unit)


@pytest.mark.parametrize("code", ["", "nothing", "reading_room\x00", "\ud800", "x" * 5000])
def test_a_register_that_is_not_declared_is_refused(town, rooms, code):
    with pytest.raises(NoRegister):
        build.room(town.willow, of=code)


@pytest.mark.parametrize("number", [0, -1, 2, 2**31, 2**64, 10**30])
def test_a_number_that_is_not_there_is_refused(town, rooms, number):
    build.room(town.willow)
    for act in (
        lambda: change(number),
        lambda: services.review_entry("reading_room", number, by=build.SYSTEM, at=build.NOW),
        lambda: queries.detail(rooms, number, build.SYSTEM),
    ):
        with pytest.raises(NoEntry):
            act()


def test_what_is_not_mentioned_stays_and_empty_empties(town, rooms):
    build.room(town.willow, name="柳荫书屋", area="120", note="靠河")
    entry = change(1, values={"note": ""}, identity={"name_en": "Willow room"})
    assert (entry.values, entry.name_zh, entry.name_en) == ({"area": 120}, "柳荫书屋", "Willow room")


def test_a_change_that_changes_nothing_leaves_no_line(town, rooms):
    build.room(town.willow, area="120")
    change(1, values={"area": "120㎡"})
    assert EntryChange.objects.count() == 1


def test_nobody_overwrites_what_came_in_between(town, rooms):
    build.room(town.willow, area="120")
    seen = queries.detail(rooms, 1, build.SYSTEM).seen
    change(1, values={"area": "130"}, seen=seen)
    with pytest.raises(Conflict):
        change(1, values={"area": "140"}, seen=seen)
    assert Entry.objects.get().values == {"area": 130}


def test_a_closed_entry_is_left_alone_until_it_is_reopened(town, rooms):
    build.room(town.willow, name="柳荫书屋", opened_on="2020-01-01")
    services.close_entry("reading_room", 1, reason="拆迁", by=build.SYSTEM, at=build.NOW)
    assert [row.name for row in queries.entries(rooms, ANONYMOUS).rows] == []
    assert [row.name for row in queries.entries(rooms, ANONYMOUS, closed=True).rows] == ["柳荫书屋"]
    for act in (
        lambda: change(1, values={"area": "1"}),
        lambda: services.review_entry("reading_room", 1, by=build.SYSTEM, at=LATER),
        lambda: services.close_entry("reading_room", 1, reason="x", by=build.SYSTEM, at=LATER),
    ):
        with pytest.raises(Conflict):
            act()
    services.reopen_entry("reading_room", 1, reason="误关", by=build.SYSTEM, at=LATER)
    with pytest.raises(Conflict):
        services.reopen_entry("reading_room", 1, reason="x", by=build.SYSTEM, at=LATER)
    assert list(EntryChange.objects.order_by("id").values_list("kind", "note")) == [
        ("created", ""), ("closed", "拆迁"), ("reopened", "误关"),
    ]  # fmt: skip


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\x00b"])
def test_closing_needs_a_reason_that_can_be_kept(town, rooms, reason):
    build.room(town.willow)
    with pytest.raises(BadInput):
        services.close_entry("reading_room", 1, reason=reason, by=build.SYSTEM, at=build.NOW)


def test_an_entry_can_not_end_before_it_began(town, rooms):
    build.room(town.willow, opened_on="2026-05-01")
    with pytest.raises(BadEntry):
        services.close_entry("reading_room", 1, reason="x", closed_on=date(2026, 4, 1), by=build.SYSTEM, at=build.NOW)


def test_a_review_is_a_line_once_a_day(town, rooms):
    build.room(town.willow)
    services.review_entry("reading_room", 1, by=build.SYSTEM, at=build.NOW)
    services.review_entry("reading_room", 1, by=build.SYSTEM, at=LATER)
    services.review_entry("reading_room", 1, by=build.SYSTEM, at=LATER)
    assert list(EntryChange.objects.order_by("id").values_list("kind", flat=True)) == ["created", "reviewed"]


def test_what_an_entry_was_on_a_day(town, rooms):
    build.room(town.willow, name="旧名", area="100")
    change(1, identity={"name_zh": "新名"}, values={"area": "200"}, at=LATER)
    before, on, after = (
        queries.entry_on(rooms, 1, day, ANONYMOUS) for day in (date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 11))
    )
    assert before is None
    assert (on.name, [one.text for one in on.fields]) == ("旧名", ["100 平方米"])
    assert (after.name, [one.text for one in after.fields]) == ("新名", ["200 平方米"])


def test_the_story_says_what_changed_and_strangers_are_not_told_who(town, rooms):
    build.room(town.willow, name="旧名", area="100", desk_phone="028-111111")
    change(1, unit_id=town.plum.pk, identity={"name_zh": "新名"}, values={"area": "200", "desk_phone": "028-222222"})
    worker = make.official("community_worker", town.plum)
    newest = queries.history(rooms, 1, worker)[0]
    assert [(one.before, one.after) for one in newest.differences] == [
        ("旧名", "新名"), ("柳荫社区", "梅园社区"), ("100 平方米", "200 平方米"), ("028-111111", "028-222222"),
    ]  # fmt: skip
    assert newest.actor == "system:test"
    stranger = queries.history(rooms, 1, ANONYMOUS)[0]
    assert len(stranger.differences) == 3
    assert stranger.actor == ""


@pytest.mark.parametrize("n", [1, 30])
def test_lists_stories_and_details_cost_the_same_whatever_their_length(town, rooms, n, django_assert_num_queries):
    for _ in range(n):
        build.room(town.willow, area="1", readers="9")
    for step in range(n):
        change(1, values={"area": str(step + 2)})
    for unit in (None, town.city, town.willow):
        with django_assert_num_queries(1):
            assert len(queries.entries(rooms, ANONYMOUS, unit=unit, filters={"rhythm": ""}).rows) == n
    with django_assert_num_queries(3):
        assert len(queries.history(rooms, 1, ANONYMOUS, count=50)) == n + 1
    with django_assert_num_queries(4):
        queries.detail(rooms, 1, ANONYMOUS)
    with django_assert_num_queries(1):
        assert len(queries.features(rooms, ANONYMOUS)) == 0
    with django_assert_num_queries(5):
        assert queries.overview(ANONYMOUS, unit=town.willow)[0].entries == n


# --- Who may ------------------------------------------------------------------------------------------------------


def may_keep(actor, unit, of="reading_room") -> bool:
    try:
        build.room(unit, of=of, by=actor)
    except NotAllowed:
        return False
    return True


@pytest.mark.requirement("R088")
def test_authority_runs_down_from_the_level_that_keeps(town):
    build.declared()
    build.declared(code="street_room", name={"zh": "街道书屋", "en": "Street rooms"}, kept_by="street")
    worker, street = make.official("community_worker", town.willow), make.official("street_officer", town.east)
    city, planner = make.official("city_admin", town.city), make.official("planner", town.city)
    assert [may_keep(who, town.willow) for who in (worker, street, city, planner, ANONYMOUS)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [may_keep(who, town.plum) for who in (worker, street)] == [False, True]
    assert [may_keep(who, town.bridge) for who in (worker, street, city)] == [False, False, True]
    assert [may_keep(who, town.willow, "street_room") for who in (worker, street, city)] == [False, True, True]


def test_a_sibling_changes_moves_reviews_and_closes_nothing(town, rooms):
    build.room(town.willow)
    build.room(town.plum)
    sibling = make.official("community_worker", town.plum)
    for act in (
        lambda: change(1, values={"area": "1"}, by=sibling),
        lambda: change(1, unit_id=town.plum.pk, by=sibling),
        lambda: change(2, unit_id=town.willow.pk, by=sibling),
        lambda: services.review_entry("reading_room", 1, by=sibling, at=LATER),
        lambda: services.close_entry("reading_room", 1, reason="x", by=sibling, at=LATER),
        lambda: services.reopen_entry("reading_room", 1, reason="x", by=sibling, at=LATER),
        lambda: services.add_file("reading_room", 1, field="x", name="x", content=b"%PDF-", by=sibling, at=LATER),
        lambda: services.recompute_coverage(by=sibling, at=LATER),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert EntryChange.objects.count() == 2


def test_fields_for_workers_are_read_by_workers_of_that_place(town, rooms):
    build.room(town.willow, desk_phone="028-123456", readers="3", note="靠河", key_holder="楼长")
    here, there = (make.official("community_worker", unit) for unit in (town.willow, town.plum))
    codes = {who: [one.field.code for one in queries.detail(rooms, 1, who).fields] for who in (here, there, ANONYMOUS)}
    assert codes[here] == ["readers", "note", "desk_phone"]
    assert codes[there] == codes[ANONYMOUS] == ["readers", "note"]
    assert [one.code for one in queries.detail(rooms, 1, here).sealed] == ["key_holder"]


def test_a_register_for_workers_is_not_there_for_others(town):
    fields = [{"code": "note", "name": {"zh": "说明", "en": "Note"}, "kind": "text"}]
    rooms = build.declared(visible="workers", fields=fields, coverage=None)
    build.room(town.willow, name="柳荫书屋")
    here, there = (make.official("community_worker", unit) for unit in (town.willow, town.plum))
    above = make.official("city_admin", town.city)
    seen = {who: [row.name for row in queries.entries(rooms, who).rows] for who in (here, there, above, ANONYMOUS)}
    assert (seen[here], seen[above], seen[there], seen[ANONYMOUS]) == (["柳荫书屋"], ["柳荫书屋"], [], [])
    for stranger in (there, ANONYMOUS):
        with pytest.raises(NoEntry):
            queries.detail(rooms, 1, stranger)
        assert queries.features(rooms, stranger) == []
        assert len("".join(queries.csv_export(rooms, stranger)).splitlines()) == 1


@pytest.mark.requirement("R366")
def test_what_is_sealed_is_opened_with_a_reason_that_stays(town):
    fields = [{"code": "note", "name": {"zh": "说明", "en": "Note"}, "kind": "text"}]
    rooms = build.declared(visible="sealed", fields=fields, coverage=None)
    build.room(town.willow, name="机要室", note="三楼")
    worker, there = (make.official("community_worker", unit) for unit in (town.willow, town.plum))
    row = queries.entries(rooms, worker).rows[0]
    assert (row.name, row.cells) == ("", [])
    assert queries.entries(rooms, worker, q="机要").rows == []
    shut = queries.detail(rooms, 1, worker)
    assert (shut.name, shut.fields, shut.may_unseal) == ("", [], True)
    assert queries.history(rooms, 1, worker)[0].differences == []
    with pytest.raises(NotAllowed):
        "".join(queries.csv_export(rooms, worker))
    for purpose in ("", "x" * 201, "\x00"):
        with pytest.raises(BadInput):
            services.open_sealed("reading_room", 1, purpose=purpose, by=worker, at=build.NOW)
    with pytest.raises(NoEntry):
        services.open_sealed("reading_room", 1, purpose="查看", by=there, at=build.NOW)
    assert not Look.objects.exists()
    opened = services.open_sealed("reading_room", 1, purpose="消防检查", by=worker, at=build.NOW)
    assert (opened.name, [one.text for one in opened.fields]) == ("机要室", ["三楼"])
    look = queries.looks(rooms, 1, worker)[0]
    assert (look.actor, look.purpose, look.at) == (worker.label, "消防检查", build.NOW)
    assert AuditEntry.objects.filter(action="registers.unseal").count() == 1


def test_a_sealed_field_of_an_open_register_is_opened_the_same_way(town, rooms):
    build.room(town.willow, key_holder="楼长")
    grid = make.official("grid_worker", town.grid)
    worker = make.official("community_worker", town.willow)
    with pytest.raises(NotAllowed):
        services.open_sealed("reading_room", 1, purpose="查看", by=grid, at=build.NOW)
    assert "楼长" not in "".join(queries.csv_export(rooms, worker))
    assert queries.entries(rooms, worker, q="楼长").rows == []
    opened = services.open_sealed("reading_room", 1, purpose="开门", by=worker, at=build.NOW)
    assert opened.fields[-1].text == "楼长"


# --- Declarations change --------------------------------------------------------------------------------------------


def next_version(**changes):
    fields = [one for one in build.PLAIN["fields"] if one["code"] != "note"]
    fields = [{**one, **changes.pop(one["code"], {})} for one in fields]
    fields = [{key: value for key, value in one.items() if value is not None} for one in fields]
    return build.declared(at=LATER, fields=fields, **changes)


def test_old_entries_stay_readable_when_fields_go_come_and_change_their_kind(town, rooms):
    build.room(town.willow, area="120", note="靠河", rhythm="weekly")
    change(1, values={"note": "靠山"})
    now = next_version(
        area={"kind": "text", "unit": None, "min": None, "max": 50},
        rhythm={"choices": [{"code": "daily", "zh": "每天", "en": "daily"}, {"code": "never", "zh": "从不",
            "en": "never"}]},
        coverage=None,
    )  # fmt: skip
    assert now.version != rooms.version
    shown = {one.field.code: one.text for one in queries.detail(now, 1, ANONYMOUS).fields}
    assert shown == {"area": "120 平方米", "rhythm": "weekly"}
    assert [(d.name, d.before, d.after) for d in queries.history(now, 1, ANONYMOUS)[0].differences] == [
        ("说明", "靠河", "靠山")
    ]
    with pytest.raises(BadEntry) as caught:
        change(1, values={"open_daily": "是"}, at=LATER)
    assert set(caught.value.by_field) == {"rhythm"}
    entry = change(1, values={"rhythm": "每天"}, at=LATER)
    assert (entry.values, entry.written_as_id) == ({"area": "120", "rhythm": "daily"}, now.version)
    assert len(queries.history(now, 1, ANONYMOUS)) == 3


def test_a_new_needed_field_is_asked_for_at_the_next_change_and_not_before(town, rooms):
    build.room(town.willow, area="120")
    extra = {"code": "keeper_post", "name": {"zh": "管理岗位", "en": "Post"}, "kind": "text", "required": True}
    build.declared(at=LATER, fields=[*build.PLAIN["fields"], extra])
    services.review_entry("reading_room", 1, by=build.SYSTEM, at=LATER)
    with pytest.raises(BadEntry) as caught:
        change(1, values={"area": "130"}, at=LATER)
    assert set(caught.value.by_field) == {"keeper_post"}
    assert change(1, values={"area": "130", "keeper_post": "管理员"}, at=LATER).values["area"] == 130


def test_a_field_that_was_narrowed_is_narrow_for_old_lines_too(town, rooms):
    build.room(town.willow, area="100")
    change(1, values={"area": "200"})
    now = next_version(area={"visible": "workers", "in_list": False}, coverage=None)
    assert queries.history(now, 1, ANONYMOUS)[0].differences == []


def names_in(rooms, *units) -> list[list[str]]:
    for unit in units:
        unit.refresh_from_db()
    return [[row.name for row in queries.entries(rooms, ANONYMOUS, unit=unit).rows] for unit in units]


def test_entries_follow_their_unit_when_it_moves(town, rooms):
    build.room(town.willow, name="柳荫书屋")
    assert names_in(rooms, town.east, town.west) == [["柳荫书屋"], []]
    territory.move_unit(town.willow.pk, parent_id=town.west.pk, **make.papers(date(2026, 6, 1)))
    assert names_in(rooms, town.east, town.west) == [[], ["柳荫书屋"]]


@pytest.mark.requirement("R024")
def test_entries_of_a_merged_unit_go_on_in_the_one_it_became(town, rooms):
    build.room(town.willow, name="柳荫书屋", note="靠河")
    build.room(town.willow, name="旧书屋", opened_on="2020-01-01")
    services.close_entry("reading_room", 2, reason="停办", by=build.SYSTEM, at=build.NOW)
    territory.merge_units([town.willow.pk], into=town.plum.pk, **make.papers(date(2026, 6, 1)))
    assert services.follow_units(by=build.SYSTEM, at=build.NOW) == 1
    assert services.follow_units(by=build.SYSTEM, at=build.NOW) == 0
    assert names_in(rooms, town.plum) == [["柳荫书屋"]]
    newest = queries.history(rooms, 1, ANONYMOUS)[0]
    assert (newest.note, newest.differences[0].after) == ("柳荫社区并入梅园社区。", "梅园社区")
    assert Entry.objects.get(number=2).unit_id == town.willow.pk
    with pytest.raises(NotAllowed):
        services.follow_units(by=make.official("city_admin", town.city), at=build.NOW)


def test_entries_of_an_abolished_unit_wait_unless_their_place_tells(town, rooms):
    build.room(town.willow, name="无处", lon=104.05, lat=30.05)
    territory.abolish_unit(town.grid.pk, **make.papers(date(2026, 6, 1)))
    territory.abolish_unit(town.compound.pk, **make.papers(date(2026, 6, 1)))
    territory.abolish_unit(town.willow.pk, **make.papers(date(2026, 6, 1)))
    assert services.follow_units(by=build.SYSTEM, at=build.NOW) == 0
    territory.set_boundary(
        unit_id=town.plum.pk, shape=geo.square(104.0, 30.0), crs="wgs84", source="测绘", from_day=date(2026, 6, 1),
        by=build.SYSTEM, at=build.NOW,
    )  # fmt: skip
    assert services.follow_units(by=build.SYSTEM, at=build.NOW) == 1
    assert names_in(rooms, town.plum) == [["无处"]]


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_by_name_without_gaps(town, rooms):
    for name in "丁丙乙甲戊己":
        build.room(town.willow, name=f"{name}书屋")
    seen, after = [], None
    while True:
        page = queries.entries(rooms, ANONYMOUS, after=after, limit=2)
        seen += [row.entry.pinyin for row in page.rows]
        after = page.after
        if after is None:
            break
    assert seen == sorted(seen)
    assert len(seen) == 6


def test_lists_are_searched_and_filtered(town, rooms):
    build.room(town.willow, name="柳荫书屋", name_en="Willow", rhythm="每周", note="河边")
    build.room(town.plum, name="梅园书屋", rhythm="每月", open_daily="否", desk_phone="028-999999")

    def names(**facts):
        return [row.entry.number for row in queries.entries(rooms, ANONYMOUS, **facts).rows]

    assert names(q="柳荫") == names(q="willow") == names(q="lysw") == names(q="河边") == names(q="1") == [1]
    assert names(q="028") == names(q="999999") == names(q="'; DROP") == names(q="\x00") == []
    assert (
        names(filters={"rhythm": "monthly"}) == names(filters={"open_daily": "false"}) == names(unit=town.plum) == [2]
    )
    assert names(filters={"rhythm": "always"}) == []
    assert names(filters={"readers": "3", "nothing": "x", "key_holder": "x"}) == [1, 2]


def test_a_filter_on_a_field_for_workers_tells_strangers_nothing(town):
    fields = [{"code": "locked", "name": {"zh": "上锁", "en": "Locked"}, "kind": "yes_no", "visible": "workers"}]
    rooms = build.declared(fields=fields, coverage=None)
    build.room(town.willow, locked="是")
    worker = make.official("community_worker", town.willow)
    found = {who: len(queries.entries(rooms, who, filters={"locked": "true"}).rows) for who in (worker, ANONYMOUS)}
    assert found == {worker: 1, ANONYMOUS: 0}


def test_what_has_not_been_reviewed_is_listed_longest_first(town, rooms):
    for days in (400, 500, 10):
        entry = build.room(town.willow, name=f"{days}天")
        Entry.objects.filter(pk=entry.pk).update(reviewed_on=date.today() - timedelta(days=days))  # noqa: DTZ011
    rows = queries.stale(rooms, ANONYMOUS)
    assert [(row.name, row.is_stale) for row in rows] == [("500天", True), ("400天", True)]
    last = rows[0].entry
    assert [row.name for row in queries.stale(rooms, ANONYMOUS, after=(last.reviewed_on, last.pk))] == ["400天"]
    assert queries.overview(ANONYMOUS, unit=town.willow)[0].stale == 2


def test_the_web_role_may_change_an_entry_and_not_its_history(town, rooms):
    build.room(town.willow)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid"
                       " JOIN pg_proc p ON p.oid = t.tgfoid"
                       " WHERE p.proname = 'liren_refuse_change' AND relname LIKE 'registers_%%'")  # fmt: skip
        appended = {row[0] for row in cursor.fetchall()}
    assert appended == {"registers_entrychange", "registers_importbatch", "registers_look", "registers_attachment"}
