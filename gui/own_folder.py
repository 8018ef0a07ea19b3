"""A folder for files on their way from one process to another."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject


class OwnFolder(QObject):
    """A temporary folder that goes with its owner, where nobody removed it before.

    Python would remove it as well, but with a warning and whenever it comes by.

    Args:
        owner: Whose it is.

    Attributes:
        path: The folder.
    """

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        # Whoever writes into it may be at it still when it goes.
        folder = tempfile.TemporaryDirectory(prefix="ownerscope-", ignore_cleanup_errors=True)
        self.path, self._clean_up = Path(folder.name), folder.cleanup
        self.destroyed.connect(folder.cleanup)

    def remove(self) -> None:
        """Remove the folder now."""
        self._clean_up()
        self.deleteLater()
