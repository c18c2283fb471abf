"""The queue as a whole under any order of events: nobody lost, nobody served twice."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.hotline.queueing.machine import QueueMachine
from tests.unit.hotline.queueing.stage import Stage

# The same stories in every run of all tests; `make storm` asks for many others, told by a seed,
# and HOTLINE_LONG_TESTS=1 for longer ones that nobody has seen yet.
_IS_LONG = bool(os.environ.get("HOTLINE_LONG_TESTS"))
_SEED = os.environ.get("HOTLINE_STORIES_SEED")
_IS_QUICK = not (_IS_LONG or _SEED)

# In a few steps most of what can go wrong between two deeds goes wrong; only long stories have
# many people wait at a time, nights, and attempts that are used up.
_SHORT_STEPS = 12
_LONG_STEPS = 80 if _IS_LONG else 50 if _SEED else 35
_LONG_STORIES = int(
    os.environ.get("HOTLINE_STORIES", "2000" if _IS_LONG else "600" if _SEED else "96")
)
_SHORT_STORIES = 4 * _LONG_STORIES if _IS_LONG or _SEED else 20 * _LONG_STORIES

# So that no test takes minutes, and a failure is told before the last story.
_CHAPTERS = range(8)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.close()


@pytest.mark.parametrize("chapter", _CHAPTERS)
def test_queue__short_stories(stage: Stage, chapter: int) -> None:
    _tell(stage, chapter, stories=_SHORT_STORIES, steps=_SHORT_STEPS)


@pytest.mark.parametrize("chapter", _CHAPTERS)
def test_queue__long_stories(stage: Stage, chapter: int) -> None:
    _tell(stage, chapter, stories=_LONG_STORIES, steps=_LONG_STEPS)


def _tell(stage: Stage, chapter: int, *, stories: int, steps: int) -> None:
    class Machine(QueueMachine):
        def __init__(self) -> None:
            super().__init__(stage)

    # Chapters begin each in its own way, and long stories otherwise than short ones.
    first = int(_SEED or 0) + steps + 1000 * chapter
    is_known = _SEED or not _IS_LONG
    run_state_machine_as_test(
        seed(first)(Machine) if is_known else Machine,
        settings=settings(
            max_examples=max(1, stories // len(_CHAPTERS)),
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,) if _IS_QUICK else (Phase.generate, Phase.shrink),
        ),
    )
