"""The ten standing rules on rights hold by schema: nobody is scored, listed, watched or profiled.

Every column of every table of the house, and every name a choice offers, is read as words; words that would carry a
forbidden purpose are refused. And every table that points to a person is named here with its columns: a new column
about persons has to be argued for in this file.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from liren.foundation.kernel.engine.standing_rules import CHINESE, FORBIDDEN, words_of

HOUSE = [app for app in apps.get_app_configs() if app.name.startswith("liren.")]

# A word that is innocent in its place, and why.
INNOCENT = {
    "territory.GridProfile.GridProfile": "the profile of a grid: systems and rules in use, nothing about homes",
    "kernel.FormKey.fingerprint": "the digest of a form's content, nobody's finger",
    "policy.Load.fingerprint": "the digest of the packs' files",
    "policy.DeclarationVersion.fingerprint": "the digest of a declaration's content",
    "lifecircle.Run.input_fingerprint": "the digest of networks, counts and facilities that a run went by",
    "cases.Rating.Rating": "what a resident says of an answer: solved, satisfied; it rates no person",
    "policy.Document.opinion": "a kind of document: 意见 of a Party committee or a government",
}
PERSON = "people.Account"


def names_of(model: type[models.Model]) -> Iterator[str]:
    """The table's name, its columns, and what its choices offer."""
    yield model.__name__
    for field in model._meta.get_fields():
        if isinstance(field, models.Field):
            yield field.name
            yield from (str(value) for value, _ in field.flatchoices)


def forbidden_in(model: type[models.Model], words: str) -> set[str]:
    refused = set(words.split())
    return {name for name in names_of(model) if refused & set(words_of(name))}


def all_models() -> list[type[models.Model]]:
    return [model for app in HOUSE for model in app.get_models(include_auto_created=True)]


@pytest.mark.requirement("R379")
@pytest.mark.parametrize("rule", sorted(FORBIDDEN))
def test_no_table_has_a_field_for_what_a_standing_rule_forbids(rule):
    found = {f"{model._meta.label}.{name}" for model in all_models() for name in forbidden_in(model, FORBIDDEN[rule])}
    assert found - set(INNOCENT) == set()


@pytest.mark.requirement("R379")
def test_no_chinese_label_names_what_is_forbidden():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in all_models()
        for field in model._meta.fields
        for text in (str(field.verbose_name), str(field.help_text), *(str(label) for _, label in field.flatchoices))
        if CHINESE.search(text)
    }
    assert found == set()


def test_the_reading_of_words_finds_what_it_should():
    class Planted(models.Model):
        risk_level = models.IntegerField()
        faceTemplate = models.BinaryField()

        class Meta:
            app_label = "planted"

        def __str__(self) -> str:
            return "planted"

    assert forbidden_in(Planted, FORBIDDEN[10]) == {"risk_level"}
    assert forbidden_in(Planted, FORBIDDEN[1]) == {"faceTemplate"}
    assert forbidden_in(Planted, FORBIDDEN[9]) == set()
