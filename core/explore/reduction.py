"""Which points need not be branched at: those whose step nobody else could notice.

A switch or an interrupt before a step that touches only what nobody else ever touches leads to
nothing that the same switch after the step does not lead to: the step and everything the others do
meanwhile commute. So it is put off until just before a step on something shared. Bounded searches
have to be careful here, because another order may cost more switches. Putting off does not:

- The switch away from the task is the same one, only later, at the same cost, and so is the switch
  back. Where the task was switched away from twice with nothing but such steps between, the first
  switch can go where the second went. No run gets dearer, and some get cheaper, when the
  task ends before it comes to a shared step. This is why a switch is never put *earlier*.
- It must still be possible later, and so must all else that was put off. What is moved behind the
  step is not one switch but whatever happens before it while the task stands there: a switch, what
  the others do, the way back, and then an interrupt or a switch to somebody who has just been woken
  (so that it was no option before). If one option of a skipped point that can be afforded is not
  there at the next one (a task that ends or blocks takes no interrupts, a CPU that was idle is
  busy, an interrupt is over), or if another sort of thing is shut out there (interrupts or
  preemption went off in between), all of them are tried at the skipped point after all. So windows
  with interrupts or preemption off are exact, whatever asks for them.
- It must come to something later. At the end of a run, be it a deadlock, an overflow or simply the
  end, what was put off is tried at the last skipped point: what the others would have done must not
  be hidden by a task that died alone.
- An interrupt is served on the stack of what it interrupts: how deep that is decides overflow, and
  its frames are in the traces that a save stores. So everything is put off only as long as the
  stack below is the same, where an interrupt can be afforded.

What is shared is not known beforehand but watched: whoever touched an object in any run so far. It
starts small, and an exploration that finds more begins anew with all of it, until nothing is added.
That is enough: take the shortest run within the bound in which somebody touches what, as far as is
known, was not theirs. Up to that step it is equal to a run that was tried, and the toucher's next
step, which only its own past and what it has read decide, was in that run or in one that switches
there; so it would be known.

An object counts as shared as soon as an interrupt touches it, even if only one does: its handler
may run on several CPUs at once, or on the stack of any task, and inside it another CPU may go on.
Points at which something is forced, ends, blocks, or lets interrupts in or out always offer
everything, and the failure of an allocation is never put off, since it is the step itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ALWAYS = frozenset({"irq", "block", "end"})
"""What points do that always offer everything."""

NOTHING = -1
"""What a step touches that cannot say so."""


class Reduction:
    """The objects that more than one context touches, as far as is known.

    Args:
        touched: Who touched what, as ``Subject.touched_by`` says it.

    Attributes:
        shared: Their numbers, and ``NOTHING``.
    """

    __slots__ = ("_by", "shared")

    def __init__(self, touched: Mapping[int, Iterable[int]] | None = None) -> None:
        self._by: dict[int, frozenset[int]] = {}
        self.shared: set[int] = {NOTHING}
        if touched:
            self.learn(touched)

    def learn(self, touched: Mapping[int, Iterable[int]]) -> bool:
        """Add who touched what, and return whether more is shared than before."""
        before = len(self.shared)
        for number, who in touched.items():
            known = self._by.get(number, frozenset())
            if not known.issuperset(who):
                known = self._by[number] = known.union(who)
                if len(known) > 1 or min(known) < 0:
                    self.shared.add(number)
        return len(self.shared) > before

    def known(self) -> dict[int, frozenset[int]]:
        """Return who touched what."""
        return dict(self._by)
