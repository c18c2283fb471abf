"""What refusals of our calls mean."""

import pytest
from hypothesis import given, strategies as st

from ivr.sip.line import EndReason
from ivr.sip.refusal import reason_of_refusal


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (486, EndReason.BUSY),
        (404, EndReason.UNREACHABLE),
        (408, EndReason.NO_ANSWER),
        (500, EndReason.FAILED),
        (403, EndReason.REJECTED),
        (302, EndReason.REJECTED),
    ],
)
def test_reason_of_refusal__status_alone(status: int, expected: EndReason) -> None:
    assert reason_of_refusal(status) is expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Q.850;cause=17", EndReason.BUSY),
        ('Q.850 ; cause = 19 ;text="no answer, at all"', EndReason.NO_ANSWER),
        ('q.850;text="x";cause=20', EndReason.UNREACHABLE),
        ("SIP;cause=480, Q.850;cause=21", EndReason.REJECTED),
    ],
)
def test_reason_of_refusal__cause_of_the_telephone_network_knows_better(
    reason: str, expected: EndReason
) -> None:
    assert reason_of_refusal(503, reason=reason) is expected


@pytest.mark.parametrize(
    "reason", ["", "SIP;cause=486", "Q.850", "Q.850;cause=999", "Q.850;cause="]
)
def test_reason_of_refusal__without_a_known_cause_the_status_counts(reason: str) -> None:
    assert reason_of_refusal(486, reason=reason) is EndReason.BUSY


@given(st.integers(300, 699), st.text(max_size=60))
def test_reason_of_refusal__any_refusal_has_a_meaning(status: int, reason: str) -> None:
    assert reason_of_refusal(status, reason=reason) in EndReason
