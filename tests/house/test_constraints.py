"""Every constraint that a table of the house declares is broken, by its name, in some test."""

from pathlib import Path

from django.apps import apps

TESTS = Path(__file__).resolve().parents[1]


def test_every_declared_constraint_is_broken_somewhere():
    said = " ".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py") if path != Path(__file__))
    declared = {
        constraint.name
        for app in apps.get_app_configs()
        if app.name.startswith("liren.")
        for model in app.get_models()
        for constraint in model._meta.constraints
    }
    assert len(declared) > 100
    assert {name for name in declared if name not in said} == set()
