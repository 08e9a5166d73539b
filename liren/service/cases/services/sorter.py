"""Training the sorter of a case type: on its own closed cases, or on messages that somebody labelled."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.service.cases.engine import sorter as engine
from liren.service.cases.engine import training
from liren.service.cases.models import Sorter
from liren.service.cases.models.declared import DeclaredType

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Trained:
    """What came of a training. ``sorter`` is None after a dry run; ``unknown``: labels that are no category here."""

    report: training.Report
    size: int
    unknown: dict[str, int]
    sorter: Sorter | None


@transaction.atomic
def train_sorter(
    type: DeclaredType,
    messages: Iterable[tuple[str, str]],
    *,
    source: str,
    names: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Trained:
    """Train on pairs of text and label, judge by cross-validation, and put the new sorter in the place of the old one.

    ``names`` turns labels into categories of the type; a label that is none is left out and counted. ``source`` says
    what was learned from. Takes half a minute for five thousand messages.

    Raises:
        BadInput: a sealed type, or too few messages to learn from.
    """
    require(by, "cases.train")
    if type.spec.confidentiality == "sealed":
        raise BadInput(_("Nothing is learned from sealed cases."))
    texts, labels, unknown = _sorted_out(type, messages, names or {})
    try:
        texts, labels = training.learnable(texts, labels)
        counted = training.count(texts)
        report = training.cross_validated(texts, labels, progress=progress, counted=counted)
        content = engine.packed(training.train(texts, labels, report.scale, counted))
    except training.TooFew as error:
        raise BadInput(_("There are too few messages to learn from."), next_step=str(error)) from error
    sorter = None if dry_run else _put_in_use(type, report, content, source, by=by, at=at)
    return Trained(report, len(content), unknown, sorter)


def _sorted_out(
    type: DeclaredType, messages: Iterable[tuple[str, str]], names: Mapping[str, str]
) -> tuple[list[str], list[str], dict[str, int]]:
    """Texts and categories, and how often each label stood there that is no category of the type."""
    known = {one.code for one in type.spec.categories}
    texts: list[str] = []
    labels: list[str] = []
    unknown: Counter[str] = Counter()
    for text, label in messages:
        code = names.get(label, label)
        if code in known:
            texts.append(text)
            labels.append(code)
        else:
            unknown[label] += 1
    return texts, labels, dict(unknown)


def _put_in_use(
    type: DeclaredType, report: training.Report, content: bytes, source: str, *, by: Actor, at: datetime
) -> Sorter:
    with connection.cursor() as cursor:  # two at once: the later one waits, and is the one in use
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"cases.sorter.{type.code}"])
    Sorter.objects.filter(name=type.code, retired_at=None).update(retired_at=at)
    made = Sorter.objects.create(
        name=type.code,
        trained_at=at,
        trained_on=source[:200],
        report=report.plain(),
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
    )
    audit.record(
        "cases.train",
        made,
        by=by,
        at=at,
        name=made.name,
        messages=report.messages,
        macro_f1=round(report.macro_f1, 4),
        digest=made.digest,
    )
    return made
