"""Formats are told by content: whole files, files without their head, and none for another's."""

from __future__ import annotations

from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from core.recording.formats import FORMATS, format_of
from core.recording.source import HEAD_BYTES
from tests.core.recording.text_recordings import NOISE, RECORDINGS, first_lines, with_line

EXPECTED = {
    "ftrace-function_graph": "function_graph",
    "guard-graph": "function_graph",
    "ftrace-function-": "function",
    "kmem-events": "trace_events",
    "trace-cmd-report": "trace_events",
    "perf-script": "perf_script",
    "guard-console": "console",
    "page_owner-6": "page_owner",
}

FRAMES = " get_page_from_freelist+0x1/0x2\n __alloc_pages+0x1/0x2\n"
ALLOCATED = "Page allocated via order 0, mask 0xcc0(GFP_KERNEL), pid 1, tgid 1 (sh), ts 5 ns"
PFN = "PFN 10 type Unmovable Block 0 type Unmovable Flags 0x1()"
ENTRY = "  sh-44      [001] .....   222.402977: "

SMALL = {
    "page_owner": f"{ALLOCATED}, free_ts 0 ns\n{PFN}\n{FRAMES}\n",
    "page_owner_stacks": f"{FRAMES}nr_base_pages: 3\n\n",
    "function_graph": " 0)               |  f() {\n 0)   1.0 us      |    g();\n",
    "function": f"{ENTRY}f <-g\n",
    "trace_events": f"{ENTRY}kmalloc: call_site=f+0x1/0x2 bytes_alloc=8\n",
    "perf_script": "sh 44 [001] 2.5: 1 cycles: \n\tffff8105 f+0x1 ([kernel.kallsyms])\n\n",
    "console": "[    1.000000] Linux version 6.1\n[    1.000001] Command line: quiet\n",
    "speedscope": '{"$schema":"https://www.speedscope.app/file-format-schema.json",'
    '"shared":{"frames":[]},"profiles":[]}',
    "chrome": '[{"name":"f","ph":"B","ts":1,"pid":1,"tid":1},'
    '{"name":"f","ph":"E","ts":2,"pid":1,"tid":1}]',
    "folded": "main;f;g 12\nmain;f 3\n",
}


def real_files() -> list[tuple[Path, str]]:
    """The real recordings here with the format each is in."""
    return [
        (path, name)
        for path in sorted(RECORDINGS.iterdir())
        for begin, name in EXPECTED.items()
        if path.name.startswith(begin)
    ]


def bytes_of(path: Path) -> bytes:
    """Return a recording, unpacked; four heads of one are enough."""
    with path.open("rb") as file:
        if path.suffix != ".zst":
            return file.read(4 * HEAD_BYTES)
        unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 31)
        return unpacker.stream_reader(file).read(4 * HEAD_BYTES)


def told(data: bytes) -> str | None:
    """Return the name of the format a file is read in."""
    found = format_of(data[:HEAD_BYTES])
    return found.name if found is not None else None


def test_every_kind_of_real_file_is_here() -> None:
    assert {name for _, name in real_files()} >= {
        "function",
        "trace_events",
        "perf_script",
        "console",
        "page_owner",
    }


@pytest.mark.parametrize(
    ("path", "name"), real_files(), ids=lambda each: getattr(each, "name", each)
)
def test_a_real_file_is_told_whole_and_from_its_middle(path: Path, name: str) -> None:
    data = bytes_of(path)
    assert told(data) == name
    for part in (2, 3, 5):
        assert told(data[len(data) // part :]) == name, part


@pytest.mark.parametrize("name", [each.name for each in FORMATS])
def test_a_small_file_is_told_and_no_other_format_is_as_sure(name: str) -> None:
    head = SMALL[name].encode()
    sure = {each.name: each.tell(head) for each in FORMATS}
    own = sure.pop(name)
    assert told(head) == name, sure
    assert own >= 0.5
    assert own > max(sure.values()), sure


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "hello world\n",
        "# a heading\n",
        "int main(void) { return 0; }\n",
        "\x00\x01\x02\xff",
        '{"a": 1}',
        "pgfree 5911\npgactivate 12\nnr_dirty 3\n",  # /proc/vmstat
        "slabinfo - version: 2.1\n# name <active_objs> <num_objs> : tunables <limit>\n"
        "bio-96 64 64 128 32 1 : tunables 0 0 0 : slabdata 2 2\n",
        "   7       0 loop0 0 0 0 0\n   7       1 loop1 0 0 0 0\n",  # /proc/diskstats
        "root:x:0:0:root:/root:/bin/bash\n",
        "first; then 1\nsecond; then 2\n",
        "import re\n\nclass A:\n    def add(self):\n        return re.compile(x)\n",
        "\x89PNG\r\n\x1a\n\0\0 a b\n\x13\x80\n b c)\n\xff\n",
    ],
)
def test_what_is_no_recording_is_told_as_none(text: str) -> None:
    assert told(text.encode("latin-1")) is None


@given(data=st.binary(max_size=400))
def test_any_bytes_can_be_asked_about(data: bytes) -> None:
    for each in FORMATS:
        assert 0 <= each.tell(data) <= 1


@given(
    name=st.sampled_from(
        [
            "ftrace-function-stacktrace.txt",
            "kmem-events-stack.txt",
            "perf-script-mm_page_alloc-g.txt",
        ]
    ),
    number=st.integers(0, 99),
    noise=NOISE,
)
def test_a_line_of_noise_does_not_hide_a_format(name: str, number: int, noise: bytes) -> None:
    expected = next(kind for begin, kind in EXPECTED.items() if name.startswith(begin))
    assert told(with_line(first_lines(name, 100), number, noise)) == expected
