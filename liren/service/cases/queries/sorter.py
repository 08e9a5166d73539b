"""What the sorter suggests for a message. A suggestion is shown with its reasons; a person chooses."""

from __future__ import annotations

import hashlib
import logging
from functools import lru_cache

from liren.service.cases.engine import sorter as engine
from liren.service.cases.engine.sorter import BadModel, Model, Suggestion
from liren.service.cases.models import Case, Sorter
from liren.service.cases.models.declared import DeclaredType

__all__ = ["Suggestion", "learned_from", "sorter_of", "suggest"]

log = logging.getLogger("liren.cases")
#: Shorter messages say too little, in characters.
LEAST_TEXT = 4
#: At most so many of the newest cases are learned from.
MOST_CASES = 200_000


def sorter_of(type: DeclaredType) -> Sorter | None:
    """The sorter in use for a type, without its arrays."""
    return Sorter.objects.filter(name=type.code, retired_at=None).defer("content").first()


def suggest(text: str, type: DeclaredType, *, most: int = 3) -> list[Suggestion]:
    """Categories of the type that the message may be about, the likeliest first; none where nothing was trained.

    One small query; the arrays are read once per process. Only the message itself is looked at, never who wrote it.
    """
    if type.spec.confidentiality == "sealed" or len(text.strip()) < LEAST_TEXT:
        return []
    found = Sorter.objects.filter(name=type.code, retired_at=None).values_list("pk", "digest").first()
    model = _model(*found) if found else None
    if model is None:
        return []
    return engine.suggest(model, text, among={one.code for one in type.spec.categories}, most=most)


@lru_cache(maxsize=8)
def _model(pk: int, digest: str) -> Model | None:
    """The arrays of a sorter; None where they are not those that were trained, or of another version's format."""
    content = bytes(Sorter.objects.values_list("content", flat=True).get(pk=pk))
    if hashlib.sha256(content).hexdigest() != digest:
        log.error("Sorter %s is not the one that was trained: its digest differs. It is not used.", pk)
        return None
    try:
        return engine.unpacked(content)
    except BadModel as error:
        log.error("Sorter %s can't be used: %s", pk, error)
        return None


def learned_from(type: DeclaredType) -> list[tuple[str, str]]:
    """Texts and categories of closed cases, the newest first: what was sealed, hidden or withdrawn teaches nothing."""
    known = {one.code for one in type.spec.categories}
    closed = Case.objects.filter(type=type.pk, phase="closed", category__in=known, is_hidden=False)
    kept = closed.exclude(confidentiality="sealed").exclude(outcome__in=["withdrawn", "joined"])
    return list(kept.order_by("-pk").values_list("text", "category")[:MOST_CASES])
