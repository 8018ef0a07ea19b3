"""What would be explored: a scenario, how much may happen, and what must hold.

The scenario and what is set about it are those of the window's session: there is one of each. A
counterexample that is played there becomes its scenario; the question stays about the scenario as
it was, without the choices of one run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.explore_asking import Asked

if TYPE_CHECKING:
    from core.explore.result import Bound
    from core.scenario.loader import ScenarioText
    from gui.session import Session


class Question(QObject):
    """The question.

    Attributes:
        bound: How much may happen in one run.
        properties: Names of what must hold, as they are listed.

    Signals:
        question_changed: Another scenario, bound or set of properties.
    """

    question_changed = Signal()

    def __init__(self, player: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        from core.explore.result import Bound

        self._player = player
        self.bound: Bound = Bound()
        self.properties: tuple[str, ...] = ()
        self._played: tuple[ScenarioText, Asked] | None = None
        self._where: str | None = None
        player.source_changed.connect(self._follow)

    @property
    def question(self) -> Asked | None:
        """What would be explored now; None where there is nothing."""
        player = self._player
        if player.source is None or player.plan is None:
            return None
        if self._played is not None and player.source is self._played[0]:
            asked = self._played[1].changed(player.overrides)
            return replace(asked, bound=self.bound, properties=self.properties)
        return Asked(player.source, player.settings, player.overrides, self.bound, self.properties)

    def set_bound(self, **changes: int) -> None:
        """Let more or less happen: preemptions, irqs, failures."""
        import msgspec

        bound = msgspec.structs.replace(self.bound, **changes)
        if bound != self.bound:
            self.bound = bound
            self._renew()

    def set_property(self, name: str, on: bool) -> None:
        """Ask whether something holds, or do not."""
        from core.explore.properties import PROPERTIES

        wanted = {*self.properties, name} if on else {*self.properties} - {name}
        found = tuple(each for each in PROPERTIES if each in wanted)
        if found != self.properties:
            self.properties = found
            self._renew()

    def played(self, source: ScenarioText, asked: Asked) -> None:
        """Remember that a scenario is but one run of what was asked about."""
        self._played = source, asked

    def _follow(self) -> None:
        """Take on the bound and the properties of a scenario that was not open before."""
        player = self._player
        if self._played is not None and player.source is self._played[0]:
            self._renew()
            return
        where = player.source.where if player.source is not None else None
        if player.plan is not None and where != self._where:
            self._where = where
            self._begin()
        self._renew()

    def _begin(self) -> None:
        from core.explore.properties import DEFAULT
        from core.explore.result import Bound

        assert self._player.plan is not None
        own = self._player.plan.scenario.explore
        self.bound = Bound(own.preemptions, own.irqs, own.failures)
        self.properties = own.properties or DEFAULT

    def _renew(self) -> None:
        """Tell that the question may be another one."""
        self.question_changed.emit()
