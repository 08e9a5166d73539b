"""Trains the sorter, and says how good it is on messages that it has not seen.

TF-IDF over character n-grams, one linear classifier against the rest for each category (scikit-learn's LinearSVC).
scikit-learn is loaded when somebody trains, and nowhere else. The same messages give the same model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liren.service.cases.engine.sorter import FEWEST, Model, grams

FOLDS = 5
#: A category needs so many messages to be learned, and to be in every part of the cross-validation.
LEAST_EACH = 10
SEED = 0
SCALES = np.geomspace(0.25, 16, 49)

Progress = Callable[[str, int, int], None]


class TooFew(ValueError):
    """Not enough messages to learn from."""


@dataclass(frozen=True)
class ClassReport:
    """How one category fared: of those called so, how many were; of those that were, how many were found."""

    category: str
    precision: float
    recall: float
    f1: float
    messages: int


@dataclass(frozen=True)
class Report:
    """Of a cross-validation: each message was judged by a model that had not seen it."""

    macro_f1: float
    accuracy: float
    classes: tuple[ClassReport, ...]
    messages: int
    folds: int
    scale: float
    terms: int = 0

    def plain(self) -> dict[str, Any]:
        """As plain values, rounded to four places."""
        return {
            "macro_f1": round(self.macro_f1, 4),
            "accuracy": round(self.accuracy, 4),
            "messages": self.messages,
            "folds": self.folds,
            "terms": self.terms,
            "classes": [
                [one.category, round(one.precision, 4), round(one.recall, 4), round(one.f1, 4), one.messages]
                for one in self.classes
            ],
        }


def learnable(texts: Sequence[str], labels: Sequence[str]) -> tuple[list[str], list[str]]:
    """The messages of categories that have ``LEAST_EACH`` or more, each message once.

    Raises:
        TooFew: fewer than two such categories.
    """
    once = dict(zip(texts, labels, strict=True))
    often = Counter(once.values())
    kept = {text: label for text, label in once.items() if often[label] >= LEAST_EACH}
    if len(set(kept.values())) < 2:
        raise TooFew(f"At least two categories with {LEAST_EACH} messages each are needed.")
    return list(kept), list(kept.values())


def train(texts: Sequence[str], labels: Sequence[str], scale: float = 1.0, counted: Any = None) -> Model:
    """A model of all these messages.

    Raises:
        TooFew: no n-gram stands in ``FEWEST`` messages, or there are fewer than two categories.
    """
    terms, counts = counted if counted is not None else count(texts)
    return _model(terms, _fitted(counts, np.array(labels)), scale)


def count(texts: Sequence[str]) -> tuple[NDArray[np.str_], Any]:
    """All n-grams of the messages, sorted, and a sparse matrix of how often each stands in each."""
    from sklearn.feature_extraction.text import CountVectorizer  # only who trains needs it: 0.2 GB of packages

    vectorizer = CountVectorizer(analyzer=grams, min_df=FEWEST, dtype=np.float32)
    try:
        counts = vectorizer.fit_transform(texts)
    except ValueError as error:  # "max_df corresponds to < documents than min_df", "no terms remain"
        raise TooFew("The messages are too few, or too short, to learn from.") from error
    return np.asarray(vectorizer.get_feature_names_out(), dtype=f"U{_longest(vectorizer)}"), counts


def _longest(vectorizer: Any) -> int:
    return max(len(term) for term in vectorizer.vocabulary_)


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was learned from some of the messages: which n-grams were known, TF-IDF over them, and the classifier."""

    kept: NDArray[np.intp]
    tfidf: Any
    classifier: Any

    def margins(self, counts: Any) -> NDArray[np.float64]:
        """A row for each message, a column for each category, also where there are only two."""
        found = self.classifier.decision_function(self.tfidf.transform(counts[:, self.kept]))
        return np.column_stack([-found, found]) if found.ndim == 1 else found


def _fitted(counts: Any, labels: NDArray[np.str_]) -> Fitted:
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.svm import LinearSVC

    if len(set(labels.tolist())) < 2:
        raise TooFew("At least two categories are needed.")
    kept = np.flatnonzero(np.diff(counts.tocsc().indptr) >= FEWEST)
    if not len(kept):
        raise TooFew("The messages are too few, or too short, to learn from.")
    tfidf = TfidfTransformer(sublinear_tf=True)
    matrix = tfidf.fit_transform(counts[:, kept])
    return Fitted(kept, tfidf, LinearSVC(C=1.0, random_state=SEED).fit(matrix, labels))


def _model(terms: NDArray[np.str_], fitted: Fitted, scale: float) -> Model:
    weights, bias = fitted.classifier.coef_, fitted.classifier.intercept_
    if len(fitted.classifier.classes_) == 2:
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return Model(
        tuple(str(one) for one in fitted.classifier.classes_),
        terms[fitted.kept],
        fitted.tfidf.idf_.astype(np.float32),
        np.ascontiguousarray(weights, dtype=np.float32),
        bias.astype(np.float32),
        scale,
    )


def cross_validated(
    texts: Sequence[str], labels: Sequence[str], *, progress: Progress | None = None, counted: Any = None
) -> Report:
    """Train ``FOLDS`` times without a fifth of the messages and judge that fifth; the n-grams, too, are chosen without.

    Raises:
        TooFew: a category has fewer messages than there are parts.
    """
    from sklearn.model_selection import StratifiedKFold

    truth = np.array(labels)
    if min(Counter(labels).values()) < FOLDS:
        raise TooFew(f"Each category needs {FOLDS} messages or more.")
    _terms, counts = counted if counted is not None else count(texts)
    categories = sorted(set(labels))
    found = np.empty((len(truth), len(categories)))
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for place, (learned, judged) in enumerate(parts.split(truth, truth), 1):
        found[judged] = _fitted(counts[learned], truth[learned]).margins(counts[judged])
        if progress is not None:
            progress("parts", place, FOLDS)
    return report(np.array(categories), found, truth, counts.shape[1])


def report(categories: NDArray[np.str_], found: NDArray[np.float64], truth: NDArray[np.str_], terms: int = 0) -> Report:
    """What the margins of unseen messages say of the classifier."""
    said = categories[np.argmax(found, axis=1)]
    classes = tuple(_one(str(code), said, truth) for code in categories)
    return Report(
        float(np.mean([one.f1 for one in classes])),
        float(np.mean(said == truth)),
        classes,
        len(truth),
        FOLDS,
        best_scale(found, np.searchsorted(categories, truth)),
        terms,
    )


def _one(code: str, said: NDArray[np.str_], truth: NDArray[np.str_]) -> ClassReport:
    hit = int(np.sum((said == code) & (truth == code)))
    called, were = int(np.sum(said == code)), int(np.sum(truth == code))
    f1 = 2 * hit / (called + were) if called + were else 0.0
    return ClassReport(code, hit / called if called else 0.0, hit / were if were else 0.0, f1, were)


def best_scale(found: NDArray[np.float64], truth: NDArray[np.intp]) -> float:
    """The factor that makes shares honest: the one under which the unseen messages were the least surprising."""
    rows = np.arange(len(truth))

    def surprise(scale: float) -> float:
        raised = scale * found
        top = raised.max(axis=1)
        return float(np.mean(top + np.log(np.exp(raised - top[:, None]).sum(axis=1)) - raised[rows, truth]))

    return float(min(SCALES, key=surprise))
