"""What a flame graph needs of whoever holds the profile; the recording session has it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from core.recording.profile import StackProfile
    from core.recording.questions.call_tree import CallTree

Colouring = Literal["subsystem", "module", "function", "diff"]


class FlameModel(Protocol):
    """A tree and how it is looked at.

    Attributes:
        search: A regular expression, empty for none.
        upward: Whether the root is at the foot and not on top.
        colouring: What colours say, one of ``Colouring``.
        normalised: Whether shares are compared and not weights.
        selected: The selected node of the tree, -1 for none.
        function: The selected function, empty for none.
    """

    search: str
    upward: bool
    colouring: str
    normalised: bool
    selected: int
    function: str

    @property
    def tree(self) -> CallTree | None:
        """The calls, None for nothing."""

    @property
    def shown(self) -> StackProfile | None:
        """The records that are shown."""

    @property
    def growing(self) -> bool:
        """Whether there is no tree yet, but soon will be."""

    @property
    def tree_changed(self) -> SignalInstance:
        """Another tree."""

    @property
    def look_changed(self) -> SignalInstance:
        """The same tree looks otherwise."""

    @property
    def search_changed(self) -> SignalInstance:
        """Something else is looked for."""

    @property
    def selection_changed(self) -> SignalInstance:
        """Another node or function is selected."""

    def select(self, node: int) -> None:
        """Select a node, -1 for none."""


class SandwichModel(FlameModel, Protocol):
    """What the sandwich needs as well.

    Attributes:
        weight: What a frame's width means.
    """

    weight: str

    @property
    def shown_base(self) -> StackProfile | None:
        """Those they are compared with."""

    def select_function(self, function: str) -> None:
        """Select a function and no node."""
