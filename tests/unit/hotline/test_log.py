import json
import logging
from collections.abc import Iterator

import pytest

from hotline.log import configure, current_call, mask_numbers


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[logging.Logger]:
    """A logger of the platform whose lines go to the captured standard error."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    configure("test", "DEBUG")
    yield logging.getLogger("hotline.test")
    root.handlers[:] = before
    root.setLevel(level)


def test_line__is_json_with_call_and_data(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    token = current_call.set("call_1")
    log.info("call queued", extra={"topic": "labour"})
    current_call.reset(token)
    line = json.loads(capsys.readouterr().err)
    assert (line["message"], line["topic"], line["call_id"]) == ("call queued", "labour", "call_1")


def test_line__long_numbers_are_masked(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    log.warning("odd", extra={"detail": "from 13812345678"})
    assert "13812345678" not in capsys.readouterr().err


def test_line__frames_of_libraries_are_never_written(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("uvicorn.error").debug("> TEXT '%s'", "transcript")
    logging.getLogger("websockets.server").debug("> TEXT '%s'", "transcript")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call +8613812345678 now", "call *** now"),
        ("61070219800101001X", "***"),
        ("call_01jx3v13812345678", "call_01jx3v13812345678"),
        ("port 20000", "port 20000"),
        ("2026-11-22T01:05:13.494", "2026-11-22T01:05:13.494"),
    ],
)
def test_mask_numbers__hides_numbers_and_leaves_ids(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked
