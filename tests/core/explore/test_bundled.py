"""What the bundled scenarios come to, whatever is left out on the way."""

from __future__ import annotations

import msgspec
import pytest

from core.explore.explore import explore, kernel_subject
from core.explore.properties import PROPERTIES
from core.explore.request import ExploreRequest
from core.explore.result import Bound
from core.scenario.loader import bundled, fill, open_scenario


def request_for(name: str) -> ExploreRequest:
    source = open_scenario(name)
    says = fill(source).explore
    bound = Bound(min(1, says.preemptions), min(1, says.irqs), min(1, says.failures))
    return ExploreRequest(
        where=name, text=source.text, bound=bound, jobs=1, properties=tuple(PROPERTIES)
    )


@pytest.mark.parametrize("name", bundled())
def test_pruning_and_reduction_change_no_verdict(name: str) -> None:
    request = request_for(name)
    verdicts, touched = [], {}
    for pruning in (True, False):
        for reduction in (True, False):
            changed = msgspec.structs.replace(request, pruning=pruning, reduction=reduction)
            subject = kernel_subject()(changed)
            done = explore(changed, lambda _, subject=subject: subject)  # type: ignore[misc]
            assert done.complete
            verdicts.append(
                [
                    (each.name, found and (found.switches, found.interrupts, found.failures))
                    for each in done.properties
                    for found in (each.counterexample,)
                ]
                + sorted(done.owners_lost.items())
            )
            touched[pruning, reduction] = subject.touched_by()
    assert all(other == verdicts[0] for other in verdicts[1:])
    # Each subject numbers shared objects for itself, and all alike.
    known, all_of_it = touched[True, True], touched[True, False]
    assert known
    assert all(known[number] <= all_of_it[number] for number in known)
