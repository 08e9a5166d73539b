"""Words in very many cases: as many rows are looked at as the bound says, however the words lie; and none is lost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.service.cases import queries
from liren.service.cases.models import Case
from liren.service.cases.queries import saying
from liren.service.cases.queries.saying import Said
from liren.service.cases.services.words import search_of
from tests import make
from tests.cases.test_figures_bounds import explained, looked_at
from tests.make import cases
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db
MANY, CLOSED, FIRST, LAST = 1_000, 150, 20, 100


@pytest.fixture
def crowd(scene, monkeypatch):
    """Half of them speak of lamps and half of waste, none of both but the last open one; three of a tree."""
    monkeypatch.setattr(saying, "FIRST_LOOK", FIRST)
    monkeypatch.setattr(saying, "LAST_LOOK", LAST)
    kind = cases.declare()
    said = [search_of(text) for text in ("路灯不亮了", "垃圾没人清", "梧桐垃圾", "路灯下的垃圾")]

    over = {
        "phase": "closed",
        "state": "solved",
        "outcome": "solved",
        "due_at": None,
        "answered_at": NOW,
        "closed_at": NOW,
    }

    def row(number: int) -> Case:
        text = 3 if number == MANY - 1 else 2 if number in (250, 450, 750) else number % 2
        facts = {"phase": "open", "state": "received", "due_at": NOW + number * timedelta(minutes=1)}
        return Case(type_id=kind.pk, written_as_id=kind.version, unit=scene.town.community, text="x", channel="web",
                    search=said[text], taken_by="test", changed_at=NOW, received_at=NOW, confidentiality="public",
                    **(facts if number < MANY else over))  # fmt: skip

    made = Case.objects.bulk_create([row(number) for number in range(MANY + CLOSED)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('case_search')")  # as the vacuum does by and by
        cursor.execute("ANALYZE cases_case")
    return [one.pk for one in made]


def rows_of(act):
    """What it found, and the rows of cases that all of its queries looked at."""
    with CaptureQueriesContext(connection) as seen:
        found = act()
    with connection.cursor() as cursor:
        looks = [explained(cursor, one["sql"], None) for one in seen if one["sql"].startswith("SELECT")]
    return found, sum(map(looked_at, looks))


def test_the_statistics_tell_how_rare_the_rarest_word_is(crowd):
    assert Said("'路灯'").rarest == pytest.approx((MANY + CLOSED) / 2, rel=0.1)
    assert Said("'路灯' & '梧桐'").rarest < LAST
    assert Said("'路':*").rarest >= Said("'路灯'").rarest
    assert Said("'从没'").rarest < LAST


def test_words_that_are_never_said_together_are_looked_for_so_far_and_no_further(scene, crowd):
    """The search goes on where it ended, page by page, and finds the one case that says both."""
    page, looks = rows_of(lambda: queries.desk_list(scene.worker, view="all", words="路灯 垃圾"))
    assert (page.rows, looks <= 2 * (FIRST + LAST) + 10) == ([], True), looks
    pages, found = 1, []
    while page.after is not None:
        page = queries.desk_list(scene.worker, view="all", words="路灯 垃圾", after=page.after)
        pages, found = pages + 1, found + page.rows
    assert [row.case.pk for row in found] == [crowd[MANY - 1]]
    assert pages <= (MANY + CLOSED) // LAST + 1


def test_a_rare_word_is_found_by_the_index_whatever_stands_beside_it(scene, crowd):
    page, looks = rows_of(lambda: queries.desk_list(scene.worker, view="all", words="梧桐 垃圾"))
    assert ([row.case.pk for row in page.rows], page.after) == ([crowd[at] for at in (250, 450, 750)], None)
    assert looks <= 6 * FIRST, looks  # each is found in the index of words, and looked up then
    heard, looks = rows_of(lambda: queries.heard_list(scene.agent, "梧桐 垃圾"))
    assert [row.case.pk for row in heard.rows] == [crowd[at] for at in (250, 450, 750)]
    assert looks <= 6 * FIRST, looks


def test_the_page_says_that_the_search_goes_on(scene, crowd, client):
    make.sign_in(client, scene.worker)
    page = client.get("/desk/cases/?view=all&q=路灯 垃圾")
    assert (page.context["page"].rows, page.context["goes_on"]) == ([], True)
    assert 'rel="next"' in page.content.decode()
    further = client.get("/desk/cases/" + page.context["page"].next_query)
    assert further.status_code == 200
    assert further.context["page"].next_query != page.context["page"].next_query
    assert not client.get("/desk/cases/?view=all&q=梧桐").context["goes_on"]
    sheet = client.get("/desk/cases/print/?view=all&q=路灯 垃圾")
    assert (sheet.context["rows"], sheet.context["goes_on"], "这张纸上只有前一部分" in sheet.content.decode()) == (
        [], True, True,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["worker", "agent"])
def test_nobody_is_told_that_it_is_new_where_a_part_alone_was_searched(scene, crowd, client, who):
    make.sign_in(client, getattr(scene, who))
    asked = {"路灯 垃圾": (0, "不能说明是新的"), "路灯": (8, "符合的还有"), "梧桐": (3, "")}
    asked["没人说过"] = (0, "应该是新的")
    for typed, (many, said) in asked.items():
        page = client.get(f"/desk/cases/find/?q={typed}")
        shown = page.content.decode()
        assert (len(page.context["rows"]), said in shown) == (many, True), typed
        assert ("应该是新的" in shown) == (typed == "没人说过")
        assert ("view=all&amp;q=" in shown) == (who == "worker" and "路灯" in typed)


def test_a_file_of_many_closed_cases_has_all_of_them(scene, client, monkeypatch):
    """Longer than one step of what the file is read in."""
    monkeypatch.setattr("liren.front.desk.cases.queue.STEP", 2)
    ids = [cases.reported(scene.town.community, by=scene.resident, at=NOW).pk for _ in range(5)]
    for pk in ids:
        cases.moved(Case.objects.get(pk=pk), "withdraw", by=scene.resident, at=NOW + timedelta(hours=1))
    make.sign_in(client, scene.worker)
    file = client.get("/desk/cases/cases.csv?view=closed")
    lines = b"".join(file.streaming_content).decode().strip().splitlines()
    assert len(lines) == 6
