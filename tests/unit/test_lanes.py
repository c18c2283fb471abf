"""Which tests run beside which."""

from tests.lanes import lane_of


def test_lane_of__from_end_to_end_is_one_piece() -> None:
    pieces = {
        lane_of("tests/e2e/test_desk.py::test_a"),
        lane_of("tests/e2e/test_first_call.py::TestB::test_c[zh]"),
    }

    assert len(pieces) == 1


def test_lane_of__everything_else_goes_by_file() -> None:
    assert (
        lane_of("tests/unit/api/test_calls.py::TestX::test_y[1]") == "tests/unit/api/test_calls.py"
    )
    assert lane_of("tests/integration/faces/test_desk.py::test_a") == (
        "tests/integration/faces/test_desk.py"
    )
