"""What the compiler made of a function: copies that bear its name with something added.

A ``.constprop.0`` or ``.isra.0`` is the whole function for some of its callers. A ``.part.0`` is
what is left of it when its beginning (of save_stack: the guard) was put into the callers; where the
function itself is called too, it is that which calls the part. ``.cold`` is never called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.recording.calls.columns import COMMENT, Columns

_WHOLE = r"(?:\.(?:constprop|isra)\.\d+)*"
_PART = r"(?:\.(?:constprop|isra|part)\.\d+)*"


def with_copies(
    columns: Columns, functions: Sequence[str], name: str
) -> tuple[list[str], list[str]]:
    """Count the copies of a function as the function.

    Args:
        columns: The events; calls of copies become calls of the function.
        functions: Name of each function.
        name: The function.

    Returns:
        Name of each function, and the copies as they are written.
    """
    names = list(functions)
    found = [at for at, each in enumerate(names) if re.fullmatch(re.escape(name) + _WHOLE, each)]
    if not found:
        found = [at for at, each in enumerate(names) if re.fullmatch(re.escape(name) + _PART, each)]
    copies = [names[at] for at in found if names[at] != name]
    if not copies:
        return names, []
    first = found[0]
    names[first] = name
    for other in found[1:]:
        same = (columns.functions == other) & (columns.kinds != COMMENT)
        columns.functions[same] = first
        names[other] = f"({name})" if names[other] == name else names[other]
    return names, copies
