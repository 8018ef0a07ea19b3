"""Small lessons for tests."""

from core.lesson.loader import parse
from core.lesson.resolved import ResolvedStep, resolve
from core.lesson.schema import Lesson

HEAD = 'schema = 1\nname = "sample"\ntitle = "A sample"\n'


def lesson(*steps: str) -> Lesson:
    """Return a lesson whose steps are the given lines of TOML, with titles."""
    body = "".join(
        f'\n[[steps]]\ntitle = "Step {number}"\n{step}\n' for number, step in enumerate(steps, 1)
    )
    return parse(HEAD + body, where="sample").lesson


def step(text: str) -> ResolvedStep:
    """Return one step that plays the mail's chain unless it says otherwise."""
    named = text if "scenario" in text else f'scenario = "mail-chain"\n{text}'
    return resolve(lesson(named))[0]
