"""Which messages tell of the same matter: groups of near-duplicates by their character pairs, within one place.

TF-IDF over pairs of characters, cosine, and groups around their middle: a message joins the group that it resembles
most, if it resembles its middle by ``LIKE`` or more, so that no chain of chance likenesses ties two matters together.
Two groups whose middles are alike become one. Only texts are looked at; who wrote them is not even an argument.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.foundation.kernel.suppression import FLOOR
from liren.service.cases.engine.sorter import grams

#: Cosine with the middle of a group, from which on a message belongs to it; and between two middles.
LIKE, ALIKE = 0.22, 0.4
#: So much of each message is read, in characters: what it is about stands at its beginning.
READ = 200
#: A pair of characters that stands in more than this share of many messages tells nothing.
COMMON = 0.2
MANY = 50
PAIR = 2


@dataclass(frozen=True, slots=True)
class Vector:
    """Places of the pairs of a message, ascending, and their values; of length 1."""

    at: NDArray[np.intp]
    values: NDArray[np.float64]


def pairs(text: str) -> list[str]:
    """The pairs of characters of a message."""
    return [gram for gram in grams(text[:READ]) if len(gram) == PAIR]


def vectors(texts: Sequence[str]) -> tuple[list[Vector], list[str]]:
    """Each message as a vector, and the pairs behind the places. Pairs that stand in one message only are left out."""
    counted = [Counter(pairs(text)) for text in texts]
    often = Counter(pair for one in counted for pair in one)
    most = len(texts) if len(texts) < MANY else COMMON * len(texts)
    known = sorted(pair for pair, count in often.items() if 1 < count <= most)
    place = {pair: n for n, pair in enumerate(known)}
    idf = np.array([np.log((1 + len(texts)) / (1 + often[pair])) + 1 for pair in known])
    return [_vector(one, place, idf) for one in counted], known


def _vector(counted: Counter[str], place: dict[str, int], idf: NDArray[np.float64]) -> Vector:
    found = sorted((place[pair], count) for pair, count in counted.items() if pair in place)
    at = np.array([n for n, _count in found], dtype=np.intp)
    values = (1 + np.log(np.array([count for _n, count in found], dtype=np.float64))) * idf[at]
    length = float(np.sqrt(np.sum(values**2)))
    return Vector(at, values / length if length else values)


def group(texts: Sequence[str], least: int = FLOOR) -> list[list[int]]:
    """Places of the messages that tell of one matter, for each matter that ``least`` or more tell of; largest first.

    The order of the messages (oldest first) decides where two groups are as near; the same messages in the same order
    give the same groups.
    """
    made, known = vectors(texts)
    found = _joined(_gathered(made, len(known)))
    kept = [sorted(members) for members, _sum in found if len(members) >= least]
    return sorted(kept, key=lambda members: (-len(members), members))


Gathered = list[tuple[list[int], NDArray[np.float64]]]


def _gathered(made: Sequence[Vector], width: int) -> Gathered:
    """One pass: each message to the group it resembles most, or into one of its own. A column for each group."""
    sums = np.zeros((width, 16), dtype=np.float32)
    squares = np.zeros(16)
    members: list[list[int]] = []
    for n, one in enumerate(made):
        if not len(one.at):
            continue
        many = len(members)
        values = one.values.astype(np.float32)
        dots = values @ sums[one.at, :many]
        near = dots / np.sqrt(squares[:many])
        best = int(np.argmax(near)) if many else 0
        if not many or near[best] < LIKE:
            best = many
            members.append([])
            if many == sums.shape[1]:
                sums, squares = np.hstack([sums, np.zeros_like(sums)]), np.concatenate([squares, np.zeros(many)])
        members[best].append(n)
        sums[one.at, best] += values
        squares[best] += 1 + 2 * (float(dots[best]) if best < many else 0.0)
    return [(known, sums[:, n].astype(np.float64)) for n, known in enumerate(members) if len(known) > 1]


def _joined(found: Gathered) -> Gathered:
    """Groups whose middles are alike become one, the largest first."""
    order = sorted(found, key=lambda one: -len(one[0]))
    middles = np.array([total / np.linalg.norm(total) for _known, total in order], dtype=np.float32)
    near = middles @ middles.T if len(order) else np.empty((0, 0))
    kept: list[int] = []
    merged: Gathered = []
    for n, (members, total) in enumerate(order):
        best = int(np.argmax(near[n, kept])) if kept else -1
        if best >= 0 and near[n, kept[best]] >= ALIKE:
            merged[best] = (merged[best][0] + members, merged[best][1] + total)
        else:
            kept.append(n)
            merged.append((members, total))
    return merged


def words(texts: Sequence[str], least: int = FLOOR, most: int = 5) -> list[str]:
    """Strings of two to six characters that stand in half of the messages of a group, and in ``least`` of them at
    least: what the matter is called. Longer ones first take the place of their parts."""
    often: Counter[str] = Counter()
    for text in texts:
        plain = text[:READ]
        often.update({plain[i : i + n] for n in range(2, 7) for i in range(len(plain) - n + 1)
                      if plain[i : i + n].isalpha()})  # fmt: skip
    wanted = max(least, (len(texts) + 1) // 2)
    found: list[str] = []
    for word, _count in sorted(often.items(), key=lambda pair: (-len(pair[0]) * pair[1], pair[0])):
        if often[word] >= wanted and not any(_overlap(word, other) for other in found):
            found.append(word)
        if len(found) == most:
            break
    return found


def _overlap(one: str, other: str) -> bool:
    """Whether they share two characters in a row."""
    return any(one[i : i + 2] in other for i in range(len(one) - 1))
