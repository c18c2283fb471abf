import pytest
from pydantic import ValidationError

from hotline.queueing.configuration import QueueRules


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"head_start_wages_seconds": 500}, "must not fall"),
        ({"widen_topic_seconds": 200}, "must follow each other"),
        ({"other_queue_seconds": 400}, "must follow each other"),
        ({"other_queues": {"zh/labour": "zh/labour"}}, "must be another one"),
        ({"other_queues": {"labour": "zh/labour"}}, "pattern"),
        ({"queue_weights": {"zh/labour": 0.5}}, "greater than or equal to 1"),
        ({"least_level": 4}, "less than or equal to 3"),
        ({"strategy": "loudest"}, "longest_idle"),
    ],
)
def test_rules__that_do_not_hold_together_are_refused(
    values: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        QueueRules.model_validate(values)


def test_rules__steps_may_be_left_out() -> None:
    rules = QueueRules(widen_topic_seconds=None, interpreter_seconds=None, message_seconds=600)
    assert rules.offer_callback_seconds == 300
