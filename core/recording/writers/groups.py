"""Records that differ in nothing but numbers of their own, taken together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.recording.profile import StackProfile

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Records of the same stack and the same dimensions, by group.

    Attributes:
        stack: Number of the stack, shape (groups,).
        codes: By dimension the number of the value, shape (groups,).
        weights: By weight what the records weigh together, shape (groups,).
    """

    stack: Longs
    codes: dict[str, Longs]
    weights: dict[str, Longs]

    def __len__(self) -> int:
        return len(self.stack)


def groups_of(profile: StackProfile) -> Groups:
    """Return the groups of a profile; times and page frame numbers tell no groups apart."""
    key = profile.stack.astype(np.int64)
    for dimension in profile.dimensions.values():
        wide = key * max(1, len(dimension.values)) + dimension.codes
        key = np.unique(wide, return_inverse=True)[1].reshape(-1).astype(np.int64)
    found, first, group = np.unique(key, return_index=True, return_inverse=True)
    weights = {name: np.zeros(len(found), np.int64) for name in profile.weights}
    for name, column in profile.weights.items():
        np.add.at(weights[name], group.reshape(-1), column)
    codes = {name: each.codes[first].astype(np.int64) for name, each in profile.dimensions.items()}
    return Groups(profile.stack[first].astype(np.int64), codes, weights)
