"""Which tests run beside which."""

from pathlib import Path

from tests.lanes import lane_of

_E2E = Path(__file__).parents[1] / "e2e"


def test_lane_of__from_end_to_end_is_two_pieces() -> None:
    desk, first_call, callback, unheard_of = (
        lane_of(f"tests/e2e/{name}")
        for name in (
            "test_desk.py::test_a",
            "test_first_call.py::TestB::test_c[zh]",
            "test_callback.py::test_d",
            "test_unheard_of.py::test_e",
        )
    )

    assert desk == first_call
    assert callback == unheard_of
    assert desk != callback


def test_lane_of__browsers_are_one_piece() -> None:
    with_browsers = {
        path.name for path in _E2E.glob("test_*.py") if "browser: Browser" in path.read_text()
    }

    pieces = {
        path.name: lane_of(f"tests/e2e/{path.name}::test_a") for path in _E2E.glob("test_*.py")
    }

    assert with_browsers
    assert {name for name, piece in pieces.items() if "browsers" in piece} == with_browsers


def test_lane_of__everything_else_goes_by_file() -> None:
    assert (
        lane_of("tests/unit/api/test_calls.py::TestX::test_y[1]") == "tests/unit/api/test_calls.py"
    )
    assert lane_of("tests/integration/faces/test_desk.py::test_a") == (
        "tests/integration/faces/test_desk.py"
    )
