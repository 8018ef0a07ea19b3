"""Reading a whole file, with errors a user can act on."""

from __future__ import annotations

from pathlib import Path

from core.errors import LayoutError


def read_file(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        LayoutError: It does not exist or may not be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise LayoutError(
            f"cannot be read: {error.strerror or error}",
            where=str(path),
            advice="check the path and its permissions",
        ) from error
