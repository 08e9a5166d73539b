"""Registers on the portal: everything from the declaration, in both languages, and nothing that is not the reader's."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from liren.foundation.registers import services
from liren.foundation.registers.models import Attachment, Book, Coverage, Entry, Register
from tests import make
from tests.make import policy
from tests.make import registers as build
from tests.portal.reading import ALWAYS, ENTRY, FILES, LIST, PAGES, plain, streamed, text, worker


class TestEveryPage:
    def test_it_opens_in_both_languages(self, client: Client, room: Entry) -> None:
        found = {
            prefix + path: client.get(prefix + path).status_code for path in (*PAGES, *FILES) for prefix in ("", "/en")
        }
        assert set(found.values()) == {200}, found

    def test_it_speaks_one_language_at_a_time(self, client: Client, room: Entry) -> None:
        assert "Reading rooms" in text(client.get(f"/en{LIST}"))
        assert "社区书屋" not in text(client.get(f"/en{LIST}"))
        assert "社区书屋" in text(client.get(LIST))

    @pytest.mark.parametrize("path", ["about/", "coverage/", "map.geojson", "1/", ""])
    @pytest.mark.parametrize("code", ["no_such_register", "x", "Reading_room", "reading-room", "a" * 60])
    def test_an_unknown_register_is_no_page(self, client: Client, room: Entry, code: str, path: str) -> None:
        assert client.get(f"/registers/{code}/{path}").status_code == 404

    def test_a_register_that_is_no_longer_declared_is_no_page(self, client: Client, room: Entry) -> None:
        from liren.foundation.policy.models import DeclarationVersion, Load

        DeclarationVersion.objects.update(retired_at=timezone.now())
        Load.objects.create(at=timezone.now(), by="system:test", fingerprint="0" * 64, tool="test")
        assert [client.get(path).status_code for path in (LIST, ENTRY)] == [404, 404]

    @pytest.mark.parametrize("number", ["2", "0", "01", "9" * 18, "9" * 30])
    def test_an_unknown_number_is_no_page(self, client: Client, room: Entry, number: str) -> None:
        assert client.get(f"{LIST}{number}/").status_code == 404

    @pytest.mark.parametrize("path", PAGES)
    @pytest.mark.parametrize("name", ["q", "unit", "after", "on", "until", "rhythm", "bbox"])
    def test_an_odd_query_gets_a_clear_answer(self, client: Client, room: Entry, path: str, name: str) -> None:
        odd = ("", "x", "%", "9" * 400, "~", "a~b", "1,2,3", "'; --", "\uffca", "-1", "nan,nan,nan,nan")
        assert {client.get(path, {name: value}).status_code for value in odd} <= {200, 422}

    @pytest.mark.parametrize("rows", [1, 30])
    @pytest.mark.parametrize("path", [*PAGES, *FILES, "/units/990102001001/"])
    def test_it_costs_the_same_whatever_the_register_holds(
        self, client: Client, city: make.City, rooms: Register, path: str, rows: int, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(rows):
            facts = {"area": str(number + 1), "rhythm": "weekly", "readers": "30"}
            build.room(city.communities[number % 6], lon="104.005", lat="30.005", **facts)
        services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
        client.get(path)
        with django_assert_max_num_queries(COST.get(path, 13)):
            response = client.get(path)
            assert response.status_code == 200
            if response.streaming:
                streamed(response)


#: Queries of the dearest pages; every other one needs fewer.
COST = {ENTRY: 22, f"{LIST}coverage/": 22, LIST: 18, "/units/990102001001/": 26}


class TestCatalogue:
    def test_it_tells_how_many_entries_there_are_and_how_fresh(self, client: Client, room: Entry) -> None:
        page = plain(client.get("/en/registers/"))
        assert "Services close by" in page
        assert "1 entry" in page
        assert "checked 1 June 2026" in page

    @pytest.mark.parametrize(
        ("q", "hits"), [("书屋", 1), ("READ", 1), ("在哪里", 1), ("食堂", 0), ("书屋 在哪里", 1), ("书屋 食堂", 0)]
    )
    def test_it_is_searched_by_name_and_purpose(self, client: Client, room: Entry, q: str, hits: int) -> None:
        groups = client.get("/registers/", {"q": q}).context["groups"]
        assert sum(len(group.lines) for group in groups) == hits

    def test_htmx_gets_only_what_was_found(self, client: Client, room: Entry) -> None:
        part = text(client.get("/registers/", {"q": "书屋"}, headers={"HX-Request": "true"}))
        assert "<html" not in part
        assert "社区书屋" in part

    def test_a_place_has_its_own_numbers(self, client: Client, city: make.City, room: Entry) -> None:
        here, there = city.communities[0], city.communities[1]
        counts = [client.get("/registers/", {"unit": one.code}).context["groups"][0].entries for one in (here, there)]
        assert counts == [1, 0]
        assert f'href="/registers/reading_room/?unit={here.code}"' in text(
            client.get("/registers/", {"unit": here.code})
        )

    def test_what_has_ended_is_not_counted(self, client: Client, room: Entry) -> None:
        services.close_entry("reading_room", 1, reason="拆迁", by=build.SYSTEM, at=build.NOW)
        assert client.get("/registers/").context["groups"][0].entries == 0

    def test_where_nothing_is_declared_it_says_how_registers_come(self, client: Client, city: make.City) -> None:
        assert "an operator loads them" in text(client.get("/en/registers/"))

    def test_the_page_of_a_unit_leads_to_its_registers(self, client: Client, city: make.City, room: Entry) -> None:
        page = text(client.get(f"/units/{city.communities[0].code}/"))
        assert f'href="/registers/?unit={city.communities[0].code}#services"' in page
        empty = text(client.get(f"/en/units/{city.communities[1].code}/"))
        assert "Nothing of this place has been entered in a register yet." in empty


class TestList:
    def test_it_shows_the_columns_that_the_declaration_chose(self, client: Client, room: Entry) -> None:
        page = plain(client.get(LIST))
        for fact in ("桂花书屋", "桂花井社区", "面积", "120 平方米", "活动频次", "每周", "2026年6月1日"):
            assert fact in page
        assert "靠河" not in page

    def test_it_is_filtered_by_place_words_and_choices(self, client: Client, city: make.City, room: Entry) -> None:
        other = build.room(city.communities[1], name="东门书屋", rhythm="monthly")
        for query, names in (
            ({"unit": city.communities[0].code}, ["桂花书屋"]),
            ({"unit": city.street.code}, ["东门书屋", "桂花书屋"]),
            ({"q": "东门"}, ["东门书屋"]),
            ({"q": "靠河"}, ["桂花书屋"]),
            ({"q": str(other.number)}, ["东门书屋"]),
            ({"rhythm": "weekly"}, ["桂花书屋"]),
            ({"rhythm": "weekly", "q": "东门"}, []),
            ({"until": "past"}, []),
        ):
            found = client.get(LIST, query).context["page"]
            assert [line.row.name for line in found] == names, query

    def test_yes_no_and_several_choices_are_filters_too(self, client: Client, city: make.City) -> None:
        build.declared(fields=ALWAYS, coverage=[])
        build.room(city.communities[0], name="甲书屋", working="是", topics=["law", "care"], readers="20")
        build.room(city.communities[1], name="乙书屋", working="否", topics=["care"], readers="20")
        for query, names in (
            ({"working": "true"}, ["甲书屋"]),
            ({"working": "false"}, ["乙书屋"]),
            ({"topics": "law"}, ["甲书屋"]),
            ({"topics": "care"}, ["甲书屋", "乙书屋"]),
        ):
            found = client.get(LIST, query).context["page"]
            assert sorted(line.row.name for line in found) == sorted(names), query

    @pytest.mark.parametrize(
        "query", [{"rhythm": "daily"}, {"unit": "999999999999"}, {"unit": "x"}, {"until": "x"}, {"q": "长" * 90}]
    )
    def test_a_choice_that_there_is_not_is_said_on_the_form(
        self, client: Client, room: Entry, query: dict[str, str]
    ) -> None:
        response = client.get(LIST, query)
        assert response.status_code == 422
        assert 'role="alert"' in text(response)
        assert list(response.context["page"]) == []

    def test_it_goes_on_page_by_page_and_shows_each_entry_once(
        self, client: Client, city: make.City, rooms: Register
    ) -> None:
        for number in range(35):
            build.room(city.communities[number % 6], name=f"书屋{number:02}")
        first = client.get(LIST)
        assert (len(first.context["page"]), first.context["count"].entries) == (30, 35)
        second = client.get(LIST + first.context["page"].next_query)
        names = [line.row.name for found in (first, second) for line in found.context["page"]]
        assert (len(names), len(set(names))) == (35, 35)

    def test_beyond_a_thousand_it_says_that_there_are_more(
        self, client: Client, city: make.City, room: Entry, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr("liren.front.portal.registers.listing.MOST_COUNTED", 30)
        for number in range(31):
            build.room(city.communities[0], name=f"书屋{number:02}", rhythm="weekly")
        assert "30+" in plain(client.get(LIST, {"rhythm": "weekly"}))

    def test_an_empty_register_says_who_keeps_it_and_how_an_entry_comes(self, client: Client, rooms: Register) -> None:
        page = plain(client.get(f"/en{LIST}"))
        assert "This register is kept by the community." in page
        assert "tell a worker there" in page

    def test_a_choice_that_nothing_fits_leads_back_to_all(self, client: Client, room: Entry) -> None:
        page = text(client.get(f"/en{LIST}", {"q": "不存在"}))
        assert "No entry fits this choice" in page
        assert 'href="/en/registers/reading_room/"' in page

    def test_what_nobody_checked_is_said_in_days(self, client: Client, room: Entry) -> None:
        Entry.objects.update(reviewed_on=timezone.localdate() - timedelta(days=400))
        assert "已400天未核对" in text(client.get(LIST))
        assert "not checked for 400 days" in text(client.get(f"/en{ENTRY}"))

    def test_what_was_checked_in_time_bears_no_mark(self, client: Client, room: Entry) -> None:
        Entry.objects.update(reviewed_on=timezone.localdate() - timedelta(days=364))
        assert "未核对" not in text(client.get(LIST))

    def test_the_places_to_choose_go_down_the_tree_as_deep_as_entries_do(
        self, client: Client, city: make.City, room: Entry
    ) -> None:
        options = client.get(LIST, {"unit": city.street.code}).context["scope"].options
        assert [code for code, _name in options][:4] == ["", city.city.code, city.district.code, city.street.code]
        below = client.get(LIST, {"unit": city.communities[0].code}).context["scope"].parts
        assert below == []


@pytest.mark.requirement("R378")
class TestSmallNumbers:
    def test_they_are_hidden_and_the_page_says_why(self, client: Client, city: make.City) -> None:
        build.declared(fields=ALWAYS, coverage=[])
        build.room(city.communities[0], name="甲书屋", readers="3", working="是")
        for path in (LIST, ENTRY):
            page = plain(client.get(path))
            assert "少于5" in page
            assert "人数为1至4时不显示" in page
            assert "3 人" not in page

    def test_they_leave_in_no_file(self, client: Client, room: Entry) -> None:
        assert "少于5" in streamed(client.get("/registers/reading_room.csv"))
        data = json.loads(streamed(client.get("/registers/reading_room.geojson")))
        assert data["features"][0]["properties"]["readers"] is None

    def test_a_sum_that_would_give_one_away_is_not_published_and_said_so(
        self, client: Client, city: make.City, room: Entry
    ) -> None:
        services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
        page = plain(client.get(f"/en{LIST}coverage/", {"unit": city.street.code}))
        assert Coverage.objects.filter(measure="readers_total", withheld=True).exists()
        assert "could be worked out from it" in page

    def test_a_worker_there_reads_them(self, client: Client, city: make.City, room: Entry) -> None:
        worker("registers.read", city.communities[0], client)
        assert "3 人" in plain(client.get(ENTRY))


class TestEntry:
    def test_it_shows_what_is_recorded_and_who_keeps_it(self, client: Client, room: Entry) -> None:
        page = plain(client.get(ENTRY))
        for fact in ("桂花书屋", "120 平方米", "每周", "靠河", "由谁维护", "桂花井社区", "里仁市", "30.00500"):
            assert fact in page

    def test_fields_that_are_not_the_readers_are_left_out(self, client: Client, city: make.City, room: Entry) -> None:
        for path in (LIST, ENTRY, *FILES, f"{LIST}map.geojson"):
            response = client.get(path)
            page = streamed(response) if response.streaming else text(response)
            assert ("028-12345678" in page, "楼长" in page) == (False, False), path
        worker("registers.read", city.communities[0], client)
        assert ("028-12345678" in text(client.get(ENTRY)), "楼长" in text(client.get(ENTRY))) == (True, False)

    def test_a_worker_of_another_place_reads_no_more_than_everybody(
        self, client: Client, city: make.City, room: Entry
    ) -> None:
        worker("registers.read", city.communities[1], client)
        assert "028-12345678" not in text(client.get(ENTRY))

    def test_its_story_tells_each_change_with_before_and_after(self, client: Client, room: Entry) -> None:
        later = build.NOW + timedelta(days=30)
        services.change_entry("reading_room", 1, values={"area": "150"}, by=build.SYSTEM, at=later)
        page = text(client.get(ENTRY))
        assert "<del>120 平方米</del>" in page
        assert "<ins>150 平方米</ins>" in page

    def test_it_is_read_as_it_was_on_a_day(self, client: Client, room: Entry) -> None:
        later = build.NOW + timedelta(days=30)
        services.change_entry(
            "reading_room", 1, identity={"name_zh": "桂花新书屋"}, values={"area": "150"}, by=build.SYSTEM, at=later
        )
        then, now = client.get(ENTRY, {"on": "2026-06-15"}), client.get(ENTRY)
        assert "<h1>桂花书屋</h1>" in text(then)
        assert "120 平方米" in plain(then).split("登记经过")[0]
        assert "<h1>桂花新书屋</h1>" in text(now)

    def test_before_it_was_entered_it_was_not_there(self, client: Client, room: Entry) -> None:
        response = client.get(f"/en{ENTRY}", {"on": "2020-01-01"})
        assert response.status_code == 200
        assert "did not exist on 1 January 2020" in plain(response)
        assert "120 m²" not in plain(response)

    @pytest.mark.parametrize("day", ["2026-02-30", "x", "0001-01-01", "9999-12-31"])
    def test_a_day_that_is_none_gives_the_form_again(self, client: Client, room: Entry, day: str) -> None:
        assert client.get(ENTRY, {"on": day}).status_code == 422

    def test_a_long_story_goes_on(self, client: Client, room: Entry) -> None:
        for number in range(25):
            at = build.NOW + timedelta(days=number)
            services.change_entry("reading_room", 1, values={"area": str(200 + number)}, by=build.SYSTEM, at=at)
        first = client.get(ENTRY).context["story"]
        rest = client.get(ENTRY + first.next_query).context["story"]
        assert (len(first), len(rest)) == (20, 6)

    def test_what_has_ended_is_marked(self, client: Client, room: Entry) -> None:
        services.close_entry("reading_room", 1, reason="拆迁", by=build.SYSTEM, at=build.NOW)
        page = plain(client.get(f"/en{ENTRY}"))
        assert "Ended on" in page
        assert "拆迁" in page
        assert [line.row.name for line in client.get(LIST, {"until": "past"}).context["page"]] == ["桂花书屋"]

    def test_a_link_is_followed_only_to_the_web(self, client: Client, city: make.City) -> None:
        field = {"code": "site", "name": {"zh": "网址", "en": "Site"}, "kind": "link"}
        build.declared(fields=[field], coverage=[])
        build.room(city.communities[0], site="https://example.org/a")
        assert 'href="https://example.org/a" rel="noopener nofollow"' in text(client.get(ENTRY))

    def test_a_file_is_a_download_and_only_of_its_own_entry(self, client: Client, city: make.City) -> None:
        field = {"code": "plan", "name": {"zh": "图纸", "en": "Plan"}, "kind": "file"}
        build.declared(fields=[field], coverage=[])
        one, other = build.room(city.communities[0]), build.room(city.communities[1])
        facts = {"name": "图纸.pdf", "type": "application/pdf", "content": b"%PDF-1.4", "size": 8, "digest": "0" * 64}
        kept = Attachment.objects.create(entry=one, field="plan", added_by="system:test", added_at=build.NOW, **facts)
        assert client.get(f"{ENTRY}files/{kept.pk}/").status_code == 404
        services.change_entry("reading_room", one.number, values={"plan": str(kept.pk)}, by=build.SYSTEM, at=build.NOW)
        response = client.get(f"{ENTRY}files/{kept.pk}/")
        assert (response.status_code, response.content, response["X-Content-Type-Options"]) == (
            200,
            b"%PDF-1.4",
            "nosniff",
        )
        assert response["Content-Disposition"].startswith("attachment;")
        assert client.get(f"{LIST}{other.number}/files/{kept.pk}/").status_code == 404


class TestReaders:
    @pytest.mark.parametrize("reach", ["workers", "sealed"])
    def test_what_may_not_be_seen_is_not_there(self, client: Client, city: make.City, reach: str) -> None:
        build.declared(visible=reach, fields=[], coverage=[])
        build.room(city.communities[0], name="密室")
        found = {
            path: client.get(path).status_code for path in (LIST, ENTRY, f"{LIST}about/", f"{LIST}coverage/", *FILES)
        }
        assert set(found.values()) == {404}, found
        assert "社区书屋" not in text(client.get("/registers/"))
        assert client.get(f"/units/{city.communities[0].code}/").context["registers"] == []

    def test_a_register_for_workers_opens_to_those_on_duty_and_shows_only_their_part(
        self, client: Client, city: make.City
    ) -> None:
        build.declared(visible="workers", fields=[], coverage=[])
        build.room(city.communities[0], name="甲处")
        build.room(city.communities[1], name="乙处")
        worker("registers.read", city.communities[0], client)
        assert [line.row.name for line in client.get(LIST).context["page"]] == ["甲处"]
        assert client.get("/registers/").context["groups"][0].entries == 1
        assert [client.get(f"{LIST}{number}/").status_code for number in (1, 2)] == [200, 404]
        assert "乙处" not in streamed(client.get(FILES[0]))

    def test_a_sealed_entry_tells_nothing_before_it_is_opened(self, client: Client, city: make.City) -> None:
        note = {"code": "note", "name": {"zh": "说明", "en": "Note"}, "kind": "text", "in_list": True}
        build.declared(visible="sealed", fields=[note], coverage=[], place="optional")
        build.room(city.communities[0], name="密室", note="密语", lon="104.005", lat="30.005")
        worker("registers.unseal", city.communities[0], client)
        for path in (LIST, ENTRY):
            page = text(client.get(path))
            assert ("密室" in page, "密语" in page, "104.005" in page) == (False, False, False), path
        assert {client.get(path).status_code for path in (*FILES, f"{LIST}map.geojson")} == {403}
        assert "已封存" in text(client.get(ENTRY))


class TestCoverage:
    @pytest.fixture
    def counted(self, city: make.City, room: Entry) -> None:
        build.parameter("reading_room_coverage", "100", "percent")
        build.room(city.communities[1], name="东门书屋", area="80", open_daily="否", readers="12")
        services.recompute_coverage(by=build.SYSTEM, at=build.NOW)

    def test_a_share_says_both_its_numbers_and_its_target_leads_to_the_provision(
        self, client: Client, counted: None
    ) -> None:
        for path in (LIST, f"{LIST}coverage/"):
            page = plain(client.get(path))
            assert "16.7%" in page
            assert "6个社区（村）中有1个" in page
            assert "还差83.3个百分点" in page
            assert 'href="/documents/cn/test/1/"' in text(client.get(path))

    def test_it_goes_down_place_by_place(self, client: Client, city: make.City, counted: None) -> None:
        page = client.get(f"{LIST}coverage/", {"unit": city.street.code})
        covered = next(one for one in page.context["tables"] if one.summary.line.measure.code == "rooms_covered")
        assert [(row.unit.code[-1], row.value) for row in covered.rows][:2] == [("1", "100%"), ("2", "0%")]
        assert f'href="/registers/reading_room/?unit={city.communities[0].code}"' in text(page)
        assert "fewer than ten" in text(client.get(f"/en{LIST}coverage/"))

    def test_a_provision_says_how_far_it_is_carried_out_in_a_place(self, client: Client, city: make.City) -> None:
        policy.library(city.city.code)
        build.declared(basis=["north/opinion-2017#4"])
        build.room(city.communities[0], open_daily="是", readers="12")
        services.recompute_coverage(by=build.SYSTEM, at=timezone.now())
        page = client.get("/documents/north/opinion-2017/4/", {"unit": city.street.code})
        assert "6个社区（村）中有1个" in plain(page)
        assert f'href="/registers/reading_room/?unit={city.street.code}"' in text(page)

    def test_a_provision_names_no_register_that_is_not_for_the_reader(self, client: Client, city: make.City) -> None:
        policy.library(city.city.code)
        build.declared(basis=["north/opinion-2017#4"], visible="workers", fields=[], coverage=[])
        page = text(client.get("/documents/north/opinion-2017/4/", {"unit": city.street.code}))
        assert "社区书屋" not in page

    def test_an_unknown_place_is_said_so(self, client: Client, counted: None) -> None:
        response = client.get(f"/en{LIST}coverage/", {"unit": "999999999999"})
        assert response.status_code == 422
        assert "No place of today has this code." in text(response)

    def test_with_several_cities_one_is_chosen_first(self, client: Client, city: make.City, counted: None) -> None:
        make.portal.unit(2, "990200000000", "city", "义里市", None)
        page = text(client.get(f"{LIST}coverage/"))
        assert 'href="?unit=990200000000"' in page
        assert client.get(LIST).context["figures"] == []

    def test_before_it_is_computed_it_says_so(self, client: Client, room: Entry) -> None:
        assert "Not computed yet." in text(client.get(f"/en{LIST}coverage/"))

    def test_where_there_is_no_such_place_it_says_so(self, client: Client, city: make.City) -> None:
        measure = {
            "code": "villages",
            "name": {"zh": "村", "en": "Villages"},
            "measure": "units",
            "level": "community",
            "of": "rural",
        }
        build.declared(coverage=[measure])
        services.recompute_coverage(by=build.SYSTEM, at=build.NOW)
        Book.objects.update(counted_at=build.NOW)
        assert "There is nothing of this kind here." in text(client.get(f"/en{LIST}coverage/"))


class TestAbout:
    def test_it_says_what_is_recorded_by_whom_and_why(self, client: Client, room: Entry) -> None:
        page = plain(client.get(f"/en{LIST}about/"))
        facts = ("the community", "Everybody", "Every year", "R088", "Area", "A number: m², at least 0")
        more = ("One choice: weekly, monthly", "from 1 to 4 are not published", "Communities with a reading room")
        for fact in (*facts, *more):
            assert fact in page

    def test_it_names_fields_that_fewer_people_read_without_what_they_say(self, client: Client, room: Entry) -> None:
        page = plain(client.get(f"/en{LIST}about/"))
        assert "Post with the key Sealed" in page
        assert "Desk telephone For workers" in page

    def test_it_tells_how_the_description_changed(self, client: Client, room: Entry) -> None:
        fields = [one for one in build.PLAIN["fields"] if one["code"] != "note"]
        fields.append({"code": "seats", "name": {"zh": "座位", "en": "Seats"}, "kind": "number"})
        build.declared(fields=fields, at=build.NOW + timedelta(days=1))
        versions = client.get(f"/en{LIST}about/").context["versions"]
        assert [(one.row.number, one.added, one.removed, one.changed) for one in versions] == [
            (2, ["Seats"], ["Note"], []),
            (1, [], [], []),
        ]
