"""Write down what pahole prints, for the tests that compare our printer and counter with it.

    python -m tests.record_pahole        needs pahole 1.24; takes about a minute

It runs ``pahole -C NAME FILE`` for structs of the Debian kernel in tests/data/btf, chosen by a
fixed seed and by what they show, and writes tests/data/pahole.json.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import tempfile
from pathlib import Path

import zstandard

from core.layout.sources.btf import BtfKernel

DATA = Path(__file__).parent / "data"
WHOLE = DATA / "btf" / "debian-6.1-amd64-vmlinux.btf.zst"
RECORDED = DATA / "pahole.json"

COUNTED_STRUCTS = 320
PRINTED_STRUCTS = 36
FEATURES = (
    "Bitfield combined",
    "__packed__",
    "forced holes",
    "Force alignment",
    "bit_padding",
    "paddings",
    r"\[\];",
    r"\(\*\w+\)\(",
    r"\tunion {",
    r"\tstruct {",
    r"\} \w+\[",
    "volatile",
    "__int128",
)
"""What at least two of the printed structs must show, as patterns of pahole's text."""


def pahole(name: str, path: Path) -> str:
    """Return what pahole prints of a struct."""
    command = ["pahole", "-C", name, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def counted(text: str) -> list[int]:
    """Return the numbers of the last lines.

    Size, members, holes, their sum, bit holes, their sum, padding, bits of padding.
    """

    def number(pattern: str) -> int:
        found = re.search(rf"^\t/\* .*?\b{pattern}", text, re.MULTILINE)
        return int(found[1]) if found is not None else 0

    return [
        number(r"size: (\d+), cachelines"),
        number(r"members: (\d+) \*/"),
        number(r"(?<!bit )(?<!forced )holes: (\d+), sum holes"),
        number(r"sum holes: (\d+)"),
        number(r"bit holes: (\d+)"),
        number(r"sum bit holes: (\d+)"),
        number(r"padding: (\d+) \*/"),
        number(r"bit_padding: (\d+)"),
    ]


def main() -> None:
    """Record everything anew."""
    chance = random.Random(61)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vmlinux.btf"
        data = zstandard.ZstdDecompressor().stream_reader(WHOLE.read_bytes()).readall()
        path.write_bytes(data)
        names = list(BtfKernel(data, name=WHOLE.name).struct_names())
        chance.shuffle(names)
        texts: dict[str, str] = {"task_struct": pahole("task_struct", path)}
        for name in names[: COUNTED_STRUCTS + 1000]:
            texts[name] = pahole(name, path)
    # An anonymous enum's values are not in a StructLayout.
    texts = {name: text for name, text in texts.items() if text and "enum {" not in text}
    structs = [name for name, text in texts.items() if text.startswith("struct ")]
    with_bits = [name for name in structs if re.search(r"bit[ _](holes|padding)", texts[name])]
    printed = ["task_struct"]
    for feature in FEATURES:
        printed += [name for name in texts if re.search(feature, texts[name])][:2]
    printed += [name for name in texts if texts[name].startswith("union ")][:3]
    printed += structs[1 : PRINTED_STRUCTS - len(set(printed)) + 1]
    by_feature = dict.fromkeys([*structs[:COUNTED_STRUCTS], *with_bits, *printed])
    recorded = {
        "pahole": subprocess.run(
            ["pahole", "--version"], capture_output=True, text=True, check=True
        ).stdout.strip(),
        "counted": {name: counted(texts[name]) for name in by_feature if name in structs},
        "printed": {name: texts[name] for name in dict.fromkeys(printed)},
    }
    lines = (
        f'"{key}": {{\n'
        + ",\n".join(f'"{name}": {json.dumps(one)}' for name, one in part.items())
        + "\n}"
        if isinstance(part, dict)
        else f'"{key}": {json.dumps(part)}'
        for key, part in recorded.items()
    )
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
