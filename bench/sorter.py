"""How well the sorter suggests, on messages to a city government that it has not seen, beside the plain way.

    script/bench sorter           or: .venv/bin/python bench/sorter.py [--file labelled_segmented.csv]

Five-fold cross-validation; the n-grams, too, are chosen without the part that is judged. "plain" is TF-IDF over the
segmented words with a linear classifier, in the same parts of the same run. The model in arrays must say what
scikit-learn says, message by message.
"""

import argparse
import csv
import statistics
import time
from pathlib import Path

import numpy as np
from scratch import SHARED

FILE = SHARED / "complaints" / "labelled_segmented.csv"
GOAL = 0.915


def messages(path: Path) -> tuple[list[str], list[str]]:
    """Texts and labels."""
    with path.open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    return [row["text"] for row in rows], [row["label"] for row in rows]


def plain(texts: list[str], labels: list[str]) -> float:
    """Macro-F1 of the plain way."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import f1_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.svm import LinearSVC

    from liren.service.cases.engine.training import FOLDS, SEED

    truth, said = np.array(labels), np.empty(len(labels), dtype=object)
    for learned, judged in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(truth, truth):
        vectorizer = TfidfVectorizer(token_pattern=r"(?u)\S+", sublinear_tf=True)  # noqa: S106  (a pattern)
        matrix = vectorizer.fit_transform([texts[i] for i in learned])
        classifier = LinearSVC(random_state=SEED).fit(matrix, truth[learned])
        said[judged] = classifier.predict(vectorizer.transform([texts[i] for i in judged]))
    return float(f1_score(truth, said.astype(str), average="macro"))


def main() -> None:
    """Measure, print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=FILE)
    arguments = parser.parse_args()
    texts, labels = messages(arguments.file)
    measure(texts, labels)


def measure(texts: list[str], labels: list[str]) -> None:
    """All figures."""
    from liren.service.cases.engine import training

    begin = time.perf_counter()
    counted = training.count(texts)
    report = training.cross_validated(texts, labels, counted=counted)
    took = time.perf_counter() - begin
    once = training.cross_validated(*training.learnable(texts, labels))
    print(f"{len(texts):,} messages, {training.FOLDS} parts, {took:.0f} s")
    print(f"{'':30}{'macro-F1':>10}")
    print(f"{'n-grams of characters':30}{report.macro_f1:10.4f}   accuracy {report.accuracy:.4f}, goal {GOAL}")
    print(f"{'  each text only once':30}{once.macro_f1:10.4f}   {once.messages:,} messages")
    print(f"{'plain, segmented words':30}{plain(texts, labels):10.4f}")
    print(f"\n{'category':16}{'precision':>10}{'recall':>10}{'F1':>10}{'messages':>10}")
    for one in report.classes:
        print(f"{one.category:16}{one.precision:10.4f}{one.recall:10.4f}{one.f1:10.4f}{one.messages:10,}")
    asked(texts, labels, counted, report.scale)
    assert report.macro_f1 >= GOAL, report.macro_f1


def asked(texts: list[str], labels: list[str], counted: tuple, scale: float) -> None:
    """The model of all messages: its size, its speed, and whether the arrays say what scikit-learn says."""
    from liren.service.cases.engine import sorter, training

    terms, counts = counted
    fitted = training._fitted(counts, np.array(labels))
    content = sorter.packed(training._model(terms, fitted, scale))
    model = sorter.unpacked(content)
    theirs = fitted.margins(counts)
    seconds, furthest, differ = [], 0.0, 0
    for place, text in enumerate(texts):
        begin = time.perf_counter()
        found = sorter.margins(model, text)
        seconds.append(time.perf_counter() - begin)
        furthest = max(furthest, float(np.abs(found - theirs[place]).max()))
        differ += int(np.argmax(found)) != int(np.argmax(theirs[place]))
    begin = time.perf_counter()
    sorter.unpacked(content)
    print(f"\nmodel: {len(model.terms):,} n-grams, {len(content) / 2**20:.1f} MiB, read in", end=" ")
    print(f"{(time.perf_counter() - begin) * 1000:.0f} ms; scale {scale:.2f}")
    print(f"one message: median {statistics.median(seconds) * 1000:.2f} ms, slowest {max(seconds) * 1000:.1f} ms")
    print(f"arrays against scikit-learn: {differ} of {len(texts):,} differ, margins by at most {furthest:.1e}")


if __name__ == "__main__":
    main()
