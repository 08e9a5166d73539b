"""The walk: whatever can put work on a community is known here, or the build fails.

The code is read, all of it: each function that makes a row of a gated table, or gives a case to a body, by whatever
name, manager or statement, is named with the service that ``test_cases.py`` tries without an admission. And each table
that points at a unit or a body is behind the gate, or says why it puts no work on a community.
"""

import ast
import functools
import re

import pytest
from django.apps import apps
from django.db import connection

from liren.foundation.admission import queries
from tests.admission.test_cases import TRIED
from tests.conftest import ROOT

#: Functions that make or send rows of the gate, and by which of the services above they are tried.
KNOWN = {
    "admission.services.handing.assignment_of": "hand_down",
    "admission.services.bulk._written": "hand_out",
    "admission.services.bulk._ledger": "hand_out",
    "admission.services.handing._written": "hand_down",
    "admission.services.burden.open_ledger": "open_ledger",
    "cases.services.intake._draft": "report",
    "cases.services.intake._sent_on": "report",
    "cases.services.joint._part": "split",
    "cases.services.joint._begun": "split",
    "cases.services.moves._dispatched": "move",
    "cases.services.moves.move": "move",
    "cases.services.disputes._sent_to": "rule",
    "cases.services.parts.add_part": "add_part",
    "cases.services.calls.call": "call",
    "cases.services.intake._kept": "report",
}
#: The same signs, and no work for a community.
FREE = {
    "cases.queries.dispatch.responsible": "answers who would be responsible, in a record of its own",
    "cases.queries.proposing._of": "asks registers who could be asked",
    "cases.services.refusing.refuse": "takes a case off a community",
    "front.desk.body_forms.__init__": "the body of a form",
    "desk.templatetags.audited.numbered": "a case that is never saved, to spell its number",
}
#: Columns of a case that say to whom it goes.
TO_A_BODY = {"body", "body_id"}
MAKING = {
    f"{kind}{verb}" for kind in ("", "a") for verb in ("create", "bulk_create", "get_or_create", "update_or_create")
}
WRITES = re.compile(r"\b(INSERT\s+INTO|UPDATE|COPY)\s+\"?([a-z_]+)", re.IGNORECASE)


@functools.cache
def gated():
    return [model for model in apps.get_models() if model._meta.db_table in queries.gated_tables()]


def chain(node):
    """The names of a dotted expression, calls between them left out: Case, objects, filter, update."""
    names = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return names[::-1]
    return [node.id, *names[::-1]]


class Signs:
    """By what a node betrays that it makes a row of a gated table, in one file."""

    def __init__(self, tree):
        models = gated()
        self.names = {model.__name__ for model in models}
        self.tables = {model._meta.db_table for model in models}
        rows = [one for model in models for one in model._meta.fields if one.is_relation]
        self.managers = {one.remote_field.related_name for one in rows if not one.remote_field.hidden}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                self.names |= {one.asname for one in node.names if one.name in self.names and one.asname}
            elif isinstance(node, ast.Assign) and self.is_model(node.value):
                self.names |= {one.id for one in node.targets if isinstance(one, ast.Name)}

    def is_model(self, node):
        """The model itself, or what ``get_model`` gives for its name."""
        if isinstance(node, ast.Call) and chain(node)[-1:] == ["get_model"]:
            said = " ".join(str(one.value) for one in node.args if isinstance(one, ast.Constant)).lower()
            return any(re.search(rf"\b{name.lower()}$", said) for name in self.names)
        return isinstance(node, ast.Name | ast.Attribute) and chain(node)[-1] in self.names

    def makes_work(self, node):
        if isinstance(node, ast.Call):
            return self._calls(node)
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str) and any(t in self.tables for _w, t in WRITES.findall(node.value))
        if isinstance(node, ast.Assign):
            flat = [one for target in node.targets for one in getattr(target, "elts", [target])]
            return any(isinstance(one, ast.Attribute) and one.attr in TO_A_BODY for one in flat)
        return False

    def _calls(self, node):
        if self.is_model(node.func):
            return True
        names = chain(node.func)
        last = names[-1] if names else ""
        if last in MAKING:
            return not self.names.isdisjoint(names) or not self.managers.isdisjoint(names[-2:-1])
        if last == "update":
            return any(one.arg in TO_A_BODY for one in node.keywords)
        second = node.args[1] if last == "setattr" and len(node.args) > 1 else None
        return isinstance(second, ast.Constant) and second.value in TO_A_BODY


def walked(source):
    """Functions of a file, and "" for what stands outside of them, that bear a sign."""
    tree, found = ast.parse(source), set()
    signs = Signs(tree)

    def visit(node, owners):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            owners = (*owners, node.name)
        if signs.makes_work(node):
            found.update(owners or ("",))
        for child in ast.iter_child_nodes(node):
            visit(child, owners)

    visit(tree, ())
    return found


def everywhere():
    words, found = {one.__name__ for one in gated()} | {one._meta.db_table for one in gated()}, set()
    managers = Signs(ast.parse("")).managers
    may_bear = re.compile(
        rf"\b({'|'.join(words)})\b|get_model|\.body(_id)?\s*(,|=[^=])|\.update\([^)]*\bbody|setattr"
        rf"|\.({'|'.join(managers)})\.\w*create\("
    )
    for path in (ROOT / "liren").rglob("*.py"):
        source = path.read_text(encoding="utf-8") if "migrations" not in path.parts else ""
        if may_bear.search(source):  # to read the rest would take ten times as long
            where = ".".join(path.relative_to(ROOT / "liren").with_suffix("").parts[-3:])
            found |= {f"{where}.{name}" for name in walked(source)}
    return found


def test_every_function_that_puts_work_on_a_community_is_tried():
    assert everywhere() == set(KNOWN) | set(FREE)
    assert set(KNOWN.values()) == set(TRIED)


@pytest.mark.parametrize(
    "line",
    [
        "Assignment(title_zh='x').save()",
        "Assignment.objects.bulk_create(rows)",
        "Ledger._default_manager.using('default').get_or_create(name_zh='x')",
        "models.Assignment.objects.create()",
        "apps.get_model('admission', 'Assignment')(title_zh='x')",
        "Row = apps.get_model('admission.Assignment'); Row.objects.create()",
        "from liren.foundation.admission.models import Ledger as Book\n    Book()",
        "case.calls.create(body=one)",
        "Case.objects.filter(pk=1).update(body_id=3)",
        "setattr(case, 'body', one)",
        "case.body, case.handler = one, None",
        "cursor.execute('insert into admission_assignment (title_zh) values (%s)')",
        "cursor.copy('COPY cases_call (body_id) FROM STDIN')",
    ],
)
def test_no_way_of_writing_it_slips_past_the_walk(line):
    assert walked(f"def quiet():\n    {line}\n") == {"quiet"}
    assert walked(f"async def quiet():\n    {line}\n") == {"quiet"}
    assert "" in walked(line.replace("\n    ", "\n"))


def test_what_only_reads_is_no_work():
    for reads in (
        "Assignment.objects.filter(body=1)",
        "row.state = 'x'",
        "Burden.objects.create()",
        "'FROM cases_case'",
    ):
        assert walked(f"def reads():\n    {reads}\n") == set()


def test_no_table_of_the_gate_lacks_its_trigger(db):
    assert queries.ungated_tables() == []
    assert queries.gated_tables() == [
        "admission_assignment", "admission_ledger", "cases_call", "cases_case", "cases_casepart",
    ]  # fmt: skip


#: Tables that point at a unit or a body, by why they put no work on a community.
NO_WORK = {
    "what the gate itself keeps: applications, admissions, lists, refusals, what was told": """
        admission.Application admission.Application_communities admission.Admission admission.Reach admission.Refusal
        admission.Notice admission.ListRevision admission.ListItem admission.ListComment""",
    "the community's own word, given by free will or as its right": """
        admission.Hearing admission.OutsideReport admission.DiarySheet""",
    "what was there, counted to be taken off; its ledgers are behind the gate": "admission.Burden",
    "signed by the committee itself, over matters that are admitted": "admission.Agreement",
    "about a case whose own row passed the gate; the ruling of a dispute sends that row": """
        cases.CaseEvent cases.Escalation cases.Dispute""",
    "says who would be responsible; the case that is sent by it passes the gate": "cases.DispatchRule",
    "counted, sorted, looked up or noted": """
        kernel.AuditEntry registers.IncomingLine
        cases.ApiKey cases.MonthFigure cases.Topic cases.Repeat lifecircle.EstateCheck lifecircle.StreetNetwork
        lifecircle.PlaceTable lifecircle.CircleRow lifecircle.Gap lifecircle.Run registers.Coverage""",
    "kept by whoever maintains the register; what a department wants entered is a form or ledger of the gate": """
        registers.Entry registers.EntryChange""",
    "what a body is, who holds its posts, what it did": """
        bodies.Body bodies.BodyChange bodies.ContactArrangement bodies.Post bodies.OfficeHolding bodies.Duty
        bodies.MembershipOfBody bodies.Pairing bodies.Liaison bodies.Authority bodies.Strand bodies.Figure bodies.Entry
        bodies.Activity""",
    "about an account": "people.Mandate people.AccessGrant people.AccessEntry people.Residency cases.ChosenTopic",
    "what a unit is": """
        territory.Boundary territory.UnitChange territory.Descent territory.Unit territory.UnitSpan territory.Management
        territory.FormationProposal territory.Population territory.SizeBand territory.Occupancy territory.GridProfile
        territory.ServiceSubject territory.ServiceContact territory.Street territory.ZoneUnit""",
}
#: A number in place of a key would point at one all the same.
POINTS = re.compile(r"(^|_)(unit|community|communities|committee|body|bodies)(_ids?)?$")


def points(model):
    """Whether a model points at units or bodies, by a key or by a number that is called so."""
    for field in model._meta.get_fields():
        related = field.related_model._meta.label if field.concrete and field.related_model else ""
        if related in ("territory.Unit", "bodies.Body"):
            return True
        if field.concrete and not field.is_relation and POINTS.search(field.name) and "Integer" in type(field).__name__:
            return True
    return False


def test_a_new_table_that_points_at_a_community_is_behind_the_gate_or_says_why_not(db):
    models = [one for one in apps.get_models(include_auto_created=True) if one.__module__.startswith("liren.")]
    said = [label for labels in NO_WORK.values() for label in labels.split()]
    behind = {model._meta.label for model in gated()}
    assert {one._meta.label for one in models if points(one)} - behind == set(said)
    assert len(said) == len(set(said))
    with connection.cursor() as cursor:  # and no table that no model knows of
        cursor.execute(
            "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
            " AND confrelid IN ('territory_unit'::regclass, 'bodies_body'::regclass)"
        )
        tables = {row[0] for row in cursor.fetchall()}
    assert tables <= {one._meta.db_table for one in models}
