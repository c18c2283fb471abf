"""How the search widens while somebody waits. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from hotline.queueing.configuration import QueueRules
from hotline.queueing.rules import Waiting


class OverflowStep(IntEnum):
    """How far the wait has brought somebody; the columns of the database hold the numbers."""

    NONE = 0
    WIDEN_TOPIC = 1
    INTERPRETER = 2
    OTHER_QUEUE = 3
    CALLBACK = 4
    MESSAGE = 5


@dataclass(frozen=True, slots=True)
class Overflow:
    """What is allowed for somebody now.

    Attributes:
        step: The last step that the wait has reached.
        any_topic: Lawyers of the language who do not know the topic may be asked.
        with_interpreter: Lawyers may be asked who need an interpreter for the language.
        other_queue: Lawyers of this queue may be asked, too; None: of no other.
        may_be_called_back: The caller may be offered to be called back.
        may_leave_message: The caller may be offered to leave a message.
    """

    step: OverflowStep = OverflowStep.NONE
    any_topic: bool = False
    with_interpreter: bool = False
    other_queue: str | None = None
    may_be_called_back: bool = False
    may_leave_message: bool = False


def overflow(entry: Waiting, *, now: datetime, rules: QueueRules) -> Overflow:
    """What the wait has made possible by now; more with every step, never less."""
    waited = (now - entry.searched_since).total_seconds()
    reached = {step for step, seconds in _steps(entry, rules) if seconds <= waited}
    return Overflow(
        step=max(reached, default=OverflowStep.NONE),
        any_topic=OverflowStep.WIDEN_TOPIC in reached,
        with_interpreter=OverflowStep.INTERPRETER in reached,
        other_queue=(
            rules.other_queues.get(entry.queue) if OverflowStep.OTHER_QUEUE in reached else None
        ),
        may_be_called_back=OverflowStep.CALLBACK in reached,
        may_leave_message=OverflowStep.MESSAGE in reached,
    )


def next_moment(entry: Waiting, *, now: datetime, rules: QueueRules) -> datetime | None:
    """When the wait will make more possible than now, None: never."""
    seconds = [seconds for _, seconds in _steps(entry, rules)]
    if entry.sticky_lawyer_id is not None:
        seconds.append(rules.sticky_seconds)
    if rules.least_level > 1:
        seconds.append(rules.least_level_seconds)
    moments = (entry.searched_since + timedelta(seconds=one) for one in seconds)
    return min((moment for moment in moments if moment > now), default=None)


def _steps(entry: Waiting, rules: QueueRules) -> list[tuple[OverflowStep, float]]:
    """The steps that are there for somebody, each with its second."""
    steps = [
        (OverflowStep.WIDEN_TOPIC, rules.widen_topic_seconds),
        (OverflowStep.INTERPRETER, rules.interpreter_seconds),
        (OverflowStep.OTHER_QUEUE, rules.other_queue_seconds),
    ]
    if entry.is_on_line:
        steps += [
            (OverflowStep.CALLBACK, rules.offer_callback_seconds),
            (OverflowStep.MESSAGE, rules.message_seconds),
        ]
    return [(step, seconds) for step, seconds in steps if seconds is not None]
