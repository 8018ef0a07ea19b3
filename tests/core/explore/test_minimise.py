from __future__ import annotations

from core.explore.minimise import minimise
from core.explore.starts import replay
from core.explore.tally import Found
from tests.core.explore.toys import ADD, LOST_UPDATE, Step, Toy, ToySubject

LONG: tuple[Step, ...] = (*ADD, *ADD)


def broken_by(toy: Toy, *deviations: tuple[int, int]) -> Found:
    end, chooser = replay(ToySubject(toy), deviations)
    lost = next(each for each in end.violations if each.property == "no-lost-update")
    switches = sum(not point.forced for point, _ in chooser.chosen)
    return Found(switches, 0, 0, end.events, deviations, lost.event, lost.sentence)


def test_what_changes_nothing_is_dropped() -> None:
    subject = ToySubject(LOST_UPDATE)
    found = broken_by(LOST_UPDATE, (1, 1), (2, 1), (3, 1))
    assert found.preemptions == 3
    best = minimise(subject, "no-lost-update", found)
    assert (best.deviations, best.preemptions) == (((1, 1),), 1)


def test_switches_go_where_the_run_is_shorter() -> None:
    dies_late = Toy(((*LONG, ("check", 0, 9)), ADD), (0, 1), expected=3)
    found = broken_by(dies_late, (3, 1))
    best = minimise(ToySubject(dies_late), "no-lost-update", found)
    assert best.rank <= found.rank
    assert best == minimise(ToySubject(dies_late), "no-lost-update", found)


def test_what_cannot_be_shorter_stays() -> None:
    found = broken_by(LOST_UPDATE, (1, 1))
    assert minimise(ToySubject(LOST_UPDATE), "no-lost-update", found) == found
