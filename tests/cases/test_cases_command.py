"""`liren cases` from the terminal."""

import base64
import csv

import pytest
from django.utils import timezone

from liren.cli import main
from liren.foundation.kernel.models import AuditEntry
from liren.service.cases import services
from liren.service.cases.models import ApiKey, CaseContact, Sorter, Subscription
from liren.service.cases.queries.keys import digest_of
from tests import make
from tests.cases.test_sorter import messages
from tests.make import bodies, cases


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "messages.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("words", "kind"), *((text, f"类{label}") for text, label in messages())])
    return path


def test_training_on_a_file(db, file, capsys):
    cases.declare()
    words = ["cases", "train", "request", "--file", str(file), "--text", "words", "--label", "kind", "--quiet"]
    assert main(words) == 1, "labels that are no categories teach nothing"
    words += ["--call", "类lamp=lamp", "--call", "类waste=waste"]
    assert main([*words, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "Macro-F1 1.000" in said
    assert "would be in use" in said
    assert not Sorter.objects.exists()
    assert main(words) == 0
    assert Sorter.objects.get().trained_on == "120 messages of messages.csv"
    assert main(["cases", "train", "request", "--file", str(file), "--quiet"]) == 1
    assert "no column 'text'" in capsys.readouterr().err


def test_figures_and_topics(db, capsys):
    make.town()
    cases.declare()
    assert main(["cases", "figures", "--from", "2026-01", "--to", "2026-03", "--dry-run"]) == 0
    assert main(["cases", "figures", "--from", "2026-01", "--to", "2026-03", "--quiet"]) == 0
    assert "2026-03: 0 figures" in capsys.readouterr().out
    assert main(["cases", "topics", "--quiet"]) == 0
    assert "0 recurring topics" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["train", "--help"], ["figures", "--from", "2026"], ["train", "x", "--call", "a"]])
def test_wrong_words_are_told(words):
    with pytest.raises(SystemExit):
        main(["cases", *words])


def said(capsys, *words):
    """What the command prints when it goes well."""
    assert main(["cases", *words]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_a_key_is_made_shown_once_listed_and_ended(db, capsys):
    unit = make.town().community
    words = ["key", "make", "邻里助手", "--unit", unit.code]
    assert "Would make a key (open311) for 邻里助手" in said(capsys, *words, "--dry-run")
    assert not ApiKey.objects.exists()
    text = said(capsys, *words).splitlines()[-1]
    key = ApiKey.objects.get()
    assert (bytes(key.digest), key.unit, key.kind) == (digest_of(text), unit, "open311")
    assert "邻里助手" in said(capsys, "key", "list")
    assert "would be good for nothing" in said(capsys, "key", "end", str(key.pk), "--dry-run")
    assert ApiKey.objects.get().ended_at is None
    said(capsys, "key", "end", str(key.pk))
    assert ApiKey.objects.get().ended_at is not None
    assert f"ended {timezone.now():%Y-%m-%d}" in said(capsys, "key", "list")
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"cases.key_made", "cases.key_ended"}


@pytest.mark.requirement("R083")
def test_a_key_is_made_for_a_department(db, capsys):
    unit = make.town().district
    body = bodies.body(unit, "department", name_zh="市政处")
    words = ["key", "make", "市政系统", "--unit", unit.code, "--for", "partner"]
    assert main(["cases", *words]) == 1
    said(capsys, *words, "--body", str(body.pk))
    assert ApiKey.objects.get().body == body
    assert "partner" in said(capsys, "key", "list")


def test_events_are_sent_to_an_address_and_no_more(db, capsys):
    cases.declare()
    key = cases.key(make.town().community, "exchange").key
    words = ["key", "tell", str(key.pk), "https://example.com/events", "--type", "request"]
    assert "Would send events" in said(capsys, *words, "--dry-run")
    assert not Subscription.objects.exists()
    assert "shown this once" in said(capsys, *words)
    one = Subscription.objects.get()
    assert "0 waiting" in said(capsys, "key", "list")
    assert "would be ended" in said(capsys, "key", "hush", str(one.pk), "--dry-run")
    assert "is ended" in said(capsys, "key", "hush", str(one.pk))
    assert Subscription.objects.get().ended_at is not None


@pytest.mark.parametrize(
    "words",
    [
        ["make", "x", "--unit", "000000"],
        ["end", "999999"],
        ["tell", "999999", "https://example.com/"],
        ["hush", "999999"],
    ],
)
def test_a_dry_run_refuses_what_the_run_refuses(db, capsys, words):
    assert main(["cases", "key", *words, "--dry-run"]) == main(["cases", "key", *words]) == 1
    assert capsys.readouterr().err


def test_contacts_are_sealed_with_the_key_in_use(db, capsys, settings):
    cases.declare()
    unit = make.town().community
    made = [cases.reported(unit, contact={"name": "里某", "phone": f"1380000000{n}"}) for n in range(2)]
    assert said(capsys, "reseal").startswith("0 contacts were")
    settings.LIREN_DATA_KEYS_OLD = [settings.LIREN_DATA_KEY]
    settings.LIREN_DATA_KEY = base64.b64encode(b"n" * 32).decode()
    before = set(CaseContact.objects.values_list("sealed_phone", flat=True))
    assert said(capsys, "reseal", "--dry-run").startswith("2 contacts would be")
    assert {bytes(one) for one in before} == {bytes(one.sealed_phone) for one in CaseContact.objects.all()}
    assert said(capsys, "reseal").startswith("2 contacts were")
    settings.LIREN_DATA_KEYS_OLD = []
    holders = [services.holder(case.number, services.key_of(case)) for case in made]
    read = [
        services.read_contact(case.pk, purpose="", by=holder, at=cases.NOW)
        for case, holder in zip(made, holders, strict=True)
    ]
    assert read == [{"name": "里某", "phone": f"+861380000000{n}"} for n in range(2)]
    assert AuditEntry.objects.get(action="cases.resealed").facts["rows"] == 2


@pytest.mark.parametrize("words", [["reseal"], *(["key", one] for one in ("make", "end", "list", "tell", "hush"))])
def test_each_command_explains_itself(words, capsys):
    with pytest.raises(SystemExit) as left:
        main(["cases", *words, "--help"])
    assert left.value.code == 0
    assert "--dry-run" in capsys.readouterr().out
