"""Any small scenario: tasks, CPUs, interrupts, locks, guards, whatever may meet."""

from __future__ import annotations

from hypothesis import strategies as st

DESIGNS = ("none", "scan", "uint", "bit1", "bit2", "atomic", "percpu", "gfp")
IN_HANDLERS = ("kmalloc", "kfree", "alloc_pages", "free_pages", "page_events")
IN_TASKS = (*IN_HANDLERS, "set_scheduler", "wake", "sleep", "migrate")
LOCKS = 'lock = "a"'


@st.composite
def _work(draw: st.DrawFn, tasks: int, cpus: int, *, handler: bool) -> list[str]:
    op = draw(st.sampled_from((*(IN_HANDLERS if handler else IN_TASKS), "lock", "unlock")))
    lines = [f'op = "{op}"']
    if op in ("set_scheduler", "wake"):
        number = draw(st.integers(1, tasks))
        lines.append(f'target = "t/{number}"')
    if op in ("lock", "unlock"):
        lines.append(LOCKS)
    if op == "migrate":
        lines.append(f"to = {draw(st.integers(0, cpus - 1))}")
    if op == "kmalloc":
        lines.append(f"size = {draw(st.sampled_from((64, 664, 9000)))}")
    if not handler and op in ("kmalloc", "alloc_pages", "page_events"):
        lines.append(f'gfp = "{draw(st.sampled_from(("GFP_KERNEL", "GFP_ATOMIC")))}"')
        lines.append(f"irqs_off = {_bool(draw(st.integers(0, 4)) == 0)}")
    if not handler and op in ("lock", "unlock"):
        lines.append(f"irqs_off = {_bool(draw(st.booleans()))}")
    return lines


def _bool(value: bool) -> str:
    return "true" if value else "false"


@st.composite
def any_scenario(draw: st.DrawFn) -> str:
    """The TOML of a scenario that is small enough for all its interleavings to be tried."""
    cpus, tasks = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    design = draw(st.sampled_from(DESIGNS))
    word = draw(st.sampled_from(("current", "serialized")))
    kernel = draw(st.sampled_from(("5.12", "6.1", "6.12")))
    lines = [
        "schema = 1",
        'name = "any"',
        'title = "any"',
        'shows = "any"',
        "[kernel]",
        f'version = "{kernel}"',
        'arch = "x86_64"',
        f"cpus = {cpus}",
        f'preempt = "{draw(st.sampled_from(("full", "none")))}"',
        f"wakeup_rule = {_bool(draw(st.booleans()))}",
        "[guard]",
        f'design = "{design}"',
        f'word = "{word if design in ("bit1", "bit2") else "current"}"',
        f"max_depth = {draw(st.integers(1, 2))}",
        "[memory]",
        f'slab = "{draw(st.sampled_from(("realistic", "always_empty")))}"',
        "[depot]",
        f"spare = {_bool(draw(st.booleans()))}",
        f"free_bytes = {draw(st.sampled_from((-1, 0, 100)))}",
    ]
    kinds = draw(st.lists(st.sampled_from(("hard", "timer", "nmi")), max_size=2))
    for number, kind in enumerate(kinds):
        lines += ["[[interrupts]]", f'name = "i{number}"', f'kind = "{kind}"']
        for work in draw(st.lists(_work(tasks, cpus, handler=True), max_size=1)):
            lines += ["[[interrupts.work]]", *work]
    for number in range(1, tasks + 1):
        cpu = draw(st.integers(0, cpus - 1))
        migrates = _bool(draw(st.booleans()))
        lines += ["[[tasks]]", 'comm = "t"', f"pid = {number}", f"cpu = {cpu}"]
        lines += [f"migrates = {migrates}"]
        for work in draw(st.lists(_work(tasks, cpus, handler=False), min_size=1, max_size=2)):
            lines += ["[[tasks.work]]", *work]
    text = "\n".join(lines)
    # Nobody may unlock what nobody takes.
    return (
        text if 'op = "lock"' in text else text.replace('op = "unlock"\n' + LOCKS, 'op = "kfree"')
    )
