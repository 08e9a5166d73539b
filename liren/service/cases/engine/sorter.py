"""What a message is about: character n-grams and a linear classifier, as arrays. It suggests with reasons and decides
nothing.

A model is numbers and short strings, so it is kept as arrays and never as code. Asking it needs numpy alone; how it is
trained stands in ``training``. Only n-grams of ``FEWEST`` messages or more are in it, so that no single message, and
no name that stands in one alone, can be read out of it.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.foundation.kernel.suppression import FLOOR

#: The longest n-gram, in characters. Two and three characters are most Chinese words.
LONGEST = 3
#: An n-gram of fewer messages is not learned.
FEWEST = FLOOR
#: Only so much of a message is read, in characters.
MOST_TEXT = 5000
MOST_BYTES = 64 * 1024 * 1024
FORMAT = 1
PIECE = re.compile(r"[^\W_]+")
BLANK = re.compile(r"\s+")
DIGIT = re.compile(r"\d")


class BadModel(ValueError):
    """Bytes that are no model of this format."""


@dataclass(frozen=True, slots=True)
class Reason:
    """An n-gram that spoke for a category, and how strongly, in units of the classifier's margin."""

    gram: str
    weight: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category, its share of belief among all categories (0 to 1), and what spoke for it."""

    category: str
    share: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, eq=False)
class Model:
    """``terms`` are sorted; ``idf`` one for each; ``weights`` a row for each category; ``scale`` turns margins into
    shares."""

    categories: tuple[str, ...]
    terms: NDArray[np.str_]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    scale: float = 1.0


def grams(text: str) -> list[str]:
    """The n-grams of a message, from one to ``LONGEST`` characters, within pieces without punctuation.

    Blanks don't divide (segmented text and plain text give the same), digits are all alike, width and case don't count.
    """
    plain = unicodedata.normalize("NFKC", text[:MOST_TEXT])
    plain = DIGIT.sub("0", BLANK.sub("", plain).lower())
    found: list[str] = []
    for piece in PIECE.findall(plain):
        for n in range(1, LONGEST + 1):
            found += [piece[i : i + n] for i in range(len(piece) - n + 1)]
    return found


def features(model: Model, text: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The places of the message's n-grams in the model, and their TF-IDF values as one vector of length 1."""
    counts = Counter(grams(text))
    if not counts or not len(model.terms):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
    asked = np.array(list(counts), dtype=model.terms.dtype)
    often = np.array(list(counts.values()), dtype=np.float32)
    at = np.minimum(np.searchsorted(model.terms, asked), len(model.terms) - 1)
    known = model.terms[at] == asked
    at = at[known]
    values = (1 + np.log(often[known])) * model.idf[at]
    length = float(np.sqrt(np.sum(values**2)))
    return at, (values / length if length else values).astype(np.float32)


def margins(model: Model, text: str) -> NDArray[np.float32]:
    """How far the message lies on each category's side; the largest is the classifier's word."""
    at, values = features(model, text)
    return model.weights[:, at] @ values + model.bias


def shares(found: NDArray[np.float32], scale: float) -> NDArray[np.float64]:
    """Margins as shares that sum to 1."""
    raised = np.exp(scale * (found.astype(np.float64) - float(found.max())))
    return np.asarray(raised / raised.sum())


def suggest(
    model: Model, text: str, *, among: Iterable[str] | None = None, most: int = 3, reasons: int = 5, least: float = 0.1
) -> list[Suggestion]:
    """Up to ``most`` categories of ``among`` (None: all) with a share of ``least`` or more, the likeliest first.

    Nothing is suggested for a message of which the model knows no n-gram.
    """
    at, values = features(model, text)
    wanted = [i for i, code in enumerate(model.categories) if among is None or code in set(among)]
    if not len(at) or not wanted:
        return []
    spoken = model.weights[:, at] * values
    found = spoken.sum(axis=1) + model.bias
    share = shares(found[wanted], model.scale)
    order = [place for place in np.argsort(-share, kind="stable").tolist() if share[place] >= least][:most]
    return [
        Suggestion(
            model.categories[wanted[place]],
            round(float(share[place]), 4),
            _reasons(model, at, spoken, wanted[place], reasons),
        )
        for place in order
    ]


def _reasons(
    model: Model, at: NDArray[np.intp], spoken: NDArray[np.float32], category: int, most: int
) -> tuple[Reason, ...]:
    """The n-grams that spoke for the category more than for the others on average; a part of one named is left out."""
    others = (spoken.sum(axis=0) - spoken[category]) / max(1, len(model.categories) - 1)
    ahead = spoken[category] - others
    found: list[Reason] = []
    for place in np.argsort(-ahead, kind="stable").tolist():
        gram = str(model.terms[at[place]])
        if len(found) == most or ahead[place] <= 0:
            break
        if len(gram) > 1 and not any(gram in one.gram or one.gram in gram for one in found):
            found.append(Reason(gram, round(float(ahead[place]), 4)))
    return tuple(found)


# --- as arrays ---


def packed(model: Model) -> bytes:
    """The model as a compressed .npz of plain arrays."""
    out = io.BytesIO()
    np.savez_compressed(
        out,
        format=np.array(FORMAT, dtype=np.int32),
        categories=np.array(model.categories),
        terms=model.terms,
        idf=model.idf,
        weights=model.weights,
        bias=model.bias,
        scale=np.array(model.scale, dtype=np.float64),
    )
    return out.getvalue()


def unpacked(content: bytes) -> Model:
    """The model in such a file. Never runs anything out of it.

    Raises:
        BadModel: not such a file, another format, or arrays that don't fit each other.
    """
    try:
        _bounded(content)
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            if int(file["format"]) != FORMAT:
                raise BadModel(f"A model of format {int(file['format'])}; this program reads {FORMAT}.")
            model = Model(
                tuple(str(one) for one in file["categories"]),
                file["terms"],
                file["idf"],
                file["weights"],
                file["bias"],
                float(file["scale"]),
            )
    except BadModel:
        raise
    except (ValueError, KeyError, OSError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise BadModel("This is no model of the sorter.") from error
    _check(model)
    return model


def _bounded(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        if sum(one.file_size for one in file.infolist()) > MOST_BYTES:
            raise BadModel("This model is larger than any that was ever trained here.")


def _check(model: Model) -> None:
    many, long = len(model.categories), len(model.terms)
    numbers = (model.idf, model.weights, model.bias)
    shapes = (model.idf.shape, model.weights.shape, model.bias.shape) == ((long,), (many, long), (many,))
    kinds = model.terms.dtype.kind == "U" and all(one.dtype == np.float32 for one in numbers)
    if not (many >= 2 and shapes and kinds and model.terms.ndim == 1 and len(set(model.categories)) == many):
        raise BadModel("The arrays of this model don't fit each other.")
    if not all(bool(np.isfinite(one).all()) for one in numbers) or not 0 < model.scale < 1e6:
        raise BadModel("This model has numbers that are none.")
    if bool((model.terms[1:] <= model.terms[:-1]).any()):
        raise BadModel("The n-grams of this model are not in order.")


def words_of(found: Sequence[Suggestion]) -> list[dict[str, object]]:
    """Suggestions as plain values for a page or a program."""
    return [{"category": one.category, "share": one.share, "reasons": [r.gram for r in one.reasons]} for one in found]
