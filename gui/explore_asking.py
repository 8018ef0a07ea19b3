"""What is explored: a scenario as it is set, how much may happen, and what must hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.explore.request import ExploreRequest
    from core.explore.result import Bound
    from core.scenario.loader import ScenarioText, Value
    from core.scenario.run import Overrides

MOST_DRAWN = 2_000
"""A state space with more states than this is not drawn."""
_SET = ("guard", "max_depth", "word", "arch", "kernel", "layout")


@dataclass(frozen=True)
class Asked:
    """A question to the explorer.

    Attributes:
        source: The scenario.
        settings: Its parameters.
        overrides: What is set about it besides.
        bound: How much may happen in one run.
        properties: Names of what must hold.
    """

    source: ScenarioText
    settings: dict[str, Value]
    overrides: Overrides
    bound: Bound
    properties: tuple[str, ...]

    @property
    def request(self) -> ExploreRequest:
        """The question as a worker understands it."""
        from core.explore.request import ExploreRequest

        overrides = self.overrides
        return ExploreRequest(
            where=self.source.where,
            text=self.source.text,
            settings=self.settings,
            guard=overrides.guard,
            max_depth=overrides.max_depth,
            arch=overrides.arch,
            kernel=overrides.kernel,
            layout=overrides.layout,
            word=overrides.word,
            bound=self.bound,
            properties=self.properties,
            graph=True,
        )

    def encoded(self, result: Path) -> bytes:
        """Return the bytes that ask a worker, for the file that it is to write."""
        from core.explore.worker import request_for

        return request_for(self.request, result)

    def changed(self, overrides: Overrides) -> Asked:
        """Return the question with what is set besides set otherwise; None leaves what was."""
        told = {name: getattr(overrides, name) for name in _SET}
        found = {name: value for name, value in told.items() if value is not None}
        return replace(self, overrides=replace(self.overrides, **found))
