"""Faces and plates are covered before a picture is shown to everybody; its original stays with those who work on it."""

import io
import random
from importlib import import_module

import pytest
from django.db import connection
from PIL import Image, ImageChops

from liren.foundation.kernel.covering import MOST_AREAS, Area, covered
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases import queries, services
from liren.service.cases.models import CaseFile
from liren.service.cases.queries import NoCase
from liren.service.cases.services import Upload
from tests.make import cases

pytestmark = pytest.mark.requirement("R078")
FACE = Area(0.25, 0.25, 0.5, 0.5)


def noise(kind="PNG", size=(80, 60)):
    """A picture in which no point is like its neighbour."""
    image = Image.new("RGB", size)
    image.putdata([(random.Random(n).randrange(256), n % 256, n * 7 % 256) for n in range(size[0] * size[1])])
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def opened(content):
    return Image.open(io.BytesIO(content)).convert("RGB")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_under_an_area_no_more_is_left_than_a_few_tiles_in_coarse_colours(kind):
    raw = noise(kind)
    made = covered(raw, [FACE])
    before, after = opened(raw), opened(made.content)
    assert (made.type, after.size) == (f"image/{kind.lower()}", before.size)
    box = FACE.box(80, 60)
    assert ImageChops.difference(before.crop(box), after.crop(box)).getbbox()
    if kind == "PNG":  # without loss: point by point
        colours = after.crop(box).getcolors(maxcolors=17)
        assert colours is not None
        assert len(colours) <= 16
        assert {part % 16 for _many, colour in colours for part in colour} == {8}
        outside = ImageChops.difference(before, after)
        outside.paste(0, box)
        assert outside.getbbox() is None


def test_two_pictures_that_differ_under_the_area_alone_come_out_almost_alike():
    """What can't be told apart afterwards can't be brought back: letters of a plate are gone."""
    one, other = Image.new("RGB", (80, 60), "white"), Image.new("RGB", (80, 60), "white")
    for image, shift in ((one, 0), (other, 1)):
        for x in range(20, 60):
            for y in range(20, 40):
                image.putpixel((x, y), (0, 0, 0) if (x + y + shift) % 2 else (255, 255, 255))
    made = []
    for image in (one, other):
        out = io.BytesIO()
        image.save(out, "PNG")
        made.append(covered(out.getvalue(), [Area(0.25, 1 / 3, 0.5, 1 / 3)]).content)
    assert made[0] == made[1]


def test_what_lay_under_clear_points_is_not_in_it():
    image = Image.new("RGBA", (40, 40), (200, 10, 10, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    assert opened(covered(out.getvalue(), [Area(0, 0, 0.1, 0.1)]).content).getpixel((30, 30)) == (255, 255, 255)


@pytest.mark.parametrize(
    "wrong",
    [(-0.1, 0, 0.5, 0.5), (0, 0, 1.2, 1), (0.6, 0, 0.5, 0.5), (0, 0.6, 0.5, 0.5), (0, 0, 0, 0.5), (0, 0, 0.5, -1),
     (float("nan"), 0, 0.5, 0.5), (0, 0, float("inf"), 0.5), (0, 0, 0.5, float("nan"))],
)  # fmt: skip
def test_an_area_lies_within_the_picture(wrong):
    with pytest.raises(BadInput):
        Area(*wrong)


def test_there_is_at_least_one_area_and_not_thousands():
    for many in (0, MOST_AREAS + 1):
        with pytest.raises(BadInput):
            covered(noise(), [FACE] * many)


def test_the_smallest_area_covers_the_points_that_it_touches():
    raw = noise()
    after = opened(covered(raw, [Area(0.995, 0.995, 0.004, 0.004)]).content)
    assert after.getpixel((79, 59)) != opened(raw).getpixel((79, 59))


# --- as it is served


@pytest.fixture
def shot(scene):
    sent = [Upload("a.png", noise())]
    return cases.reported(scene.town.community, by=scene.resident, files=sent).files.get()


def publish(file, by, cover="blurred", areas=(FACE,)):
    return services.publish_file(file.pk, cover=cover, areas=areas, by=by, at=cases.NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cover", "areas"), [("", ()), ("yes", ()), ("blurred", ()), ("nothing", (FACE,)), ("", (FACE,))]
)
def test_nothing_is_released_without_an_answer(scene, shot, cover, areas):
    with pytest.raises(BadInput):
        publish(shot, scene.worker, cover, areas)
    assert CaseFile.objects.get().published_at is None


@pytest.mark.django_db
def test_everybody_gets_the_covered_picture_and_the_original_stays_with_who_works_and_who_sent_it(scene, shot):
    case, original = shot.case, bytes(shot.content)
    file = publish(shot, scene.worker)
    assert (file.cover, file.published_by, file.published_at) == ("blurred", scene.worker.label, cases.NOW)
    for anybody in (ANONYMOUS, scene.neighbour):
        seen = queries.file_of(case, shot.pk, anybody).content
        assert seen != original
        assert seen == bytes(file.shown)
    assert queries.public_file(case, shot.pk).content == bytes(file.shown)
    for own in (scene.resident, scene.worker):
        assert queries.file_of(case, shot.pk, own).content == original


@pytest.mark.django_db
def test_who_reported_gets_what_a_worker_took_as_everybody_does_unless_it_was_told(scene):
    case = cases.reported(scene.town.community, by=scene.resident)
    facts = {"files": [Upload("a.png", noise())], "by": scene.worker, "at": cases.NOW}
    services.add_note(case.pk, note="内部", told=False, **facts)
    file = case.files.get()
    with pytest.raises(NoCase):
        queries.file_of(case, file.pk, scene.resident)
    shown = bytes(publish(file, scene.worker).shown)
    assert queries.file_of(case, file.pk, scene.resident).content == shown != bytes(file.content)


@pytest.mark.django_db
def test_the_original_is_not_even_read_for_the_public(scene, shot, django_assert_max_num_queries):
    publish(shot, scene.worker)
    with django_assert_max_num_queries(20) as seen:
        queries.file_of(shot.case, shot.pk, ANONYMOUS)
    assert not [one["sql"] for one in seen.captured_queries if '"cases_casefile"."content"' in one["sql"]]


@pytest.mark.django_db
def test_who_answered_when_and_what_is_kept_in_story_and_log(scene, shot):
    publish(shot, scene.worker)
    services.withdraw_file(shot.pk, by=scene.worker, at=cases.NOW)
    file = CaseFile.objects.get()
    assert (file.published_at, file.published_by, file.cover, file.shown) == (None, "", "", None)
    publish(shot, scene.worker, "nothing", ())
    story = shot.case.events.filter(kind="file").order_by("pk")
    assert [(one.actor, one.facts.get("cover"), one.facts.get("areas")) for one in story] == [
        (scene.worker.label, "blurred", 1), (scene.worker.label, None, None), (scene.worker.label, "nothing", 0)
    ]  # fmt: skip
    log = AuditEntry.objects.filter(action="cases.published_file").order_by("pk")
    assert [one.facts["cover"] for one in log] == ["blurred", "nothing"]
    lines = [one.words for one in queries.timeline(shot.case, scene.worker)][-3:]
    assert len(set(lines)) == 3


@pytest.mark.django_db
def test_a_repeat_is_no_fault_and_another_answer_is_one(scene, shot):
    publish(shot, scene.worker)
    assert publish(shot, scene.worker).cover == "blurred"
    assert shot.case.events.filter(kind="file").count() == 1
    for cover, areas in (("nothing", ()), ("blurred", (Area(0, 0, 0.2, 0.2),))):
        with pytest.raises(Conflict):
            publish(shot, scene.worker, cover, areas)
    for who in (scene.resident, scene.neighbour, scene.clerk):
        with pytest.raises(NotAllowed):
            publish(shot, who)


@pytest.mark.django_db
def test_what_was_released_before_goes_on_being_shown(scene, shot):
    fill = import_module("liren.service.cases.migrations.0022_privacy").ANSWERED
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_casefile DROP CONSTRAINT case_file_published_with_an_answer_about_faces")
        CaseFile.objects.update(published_at=cases.NOW, published_by="account:1")
        cursor.execute(fill)
    assert CaseFile.objects.get().cover == "nothing"
    assert queries.file_of(shot.case, shot.pk, ANONYMOUS).content == bytes(shot.content)
