"""Save a kernel's task_struct as JSON: ``python -m core.layout.save KERNEL_FILE OUT.json``.

The bundled layouts are made with it; resources/layouts/README.md has the commands.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core.errors import LayoutError
from core.layout.sources.opening import open_kernel
from core.layout.sources.saved import write_saved


def main(arguments: Sequence[str] | None = None) -> int:
    """Read one kernel, write one file; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m core.layout.save", description=__doc__)
    parser.add_argument("kernel_file", type=Path, help="BTF, vmlinux, vmlinuz, ...")
    parser.add_argument("out", type=Path, help="its stem becomes the layout's name")
    parser.add_argument("--kernel", default="", help="release, such as 6.1.192")
    parser.add_argument("--arch", default="", help="architecture, such as x86_64")
    parser.add_argument("--label", default="", help="name for people")
    options = parser.parse_args(arguments)
    try:
        types = open_kernel(
            options.kernel_file, kernel=options.kernel, arch=options.arch, label=options.label
        )
        options.out.write_bytes(write_saved(types, name=options.out.stem, label=options.label))
    except (LayoutError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
