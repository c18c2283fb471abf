import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from hotline.log import configure, current_call, mask_numbers


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What is written to the log, with everything configured as in a process."""
    root = logging.getLogger()
    before, level, raises = list(root.handlers), root.level, logging.raiseExceptions
    configure("test", "DEBUG")
    stream = StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:], logging.raiseExceptions = before, raises
    root.setLevel(level)


def test_line__is_json_with_call_and_data(written: StringIO) -> None:
    token = current_call.set("call_1")
    logging.getLogger("hotline.test").info("call queued", extra={"topic": "labour"})
    current_call.reset(token)
    line = json.loads(written.getvalue())
    assert (line["message"], line["topic"], line["call_id"]) == ("call queued", "labour", "call_1")


def test_line__long_numbers_are_masked(written: StringIO) -> None:
    logging.getLogger("hotline.test").warning("odd", extra={"detail": "from 13812345678"})
    assert "***" in written.getvalue()
    assert "13812345678" not in written.getvalue()


def test_line__frames_of_libraries_are_never_written(written: StringIO) -> None:
    logging.getLogger("uvicorn.error").debug("> TEXT '%s'", "transcript")
    logging.getLogger("websockets.server").debug("> TEXT '%s'", "transcript")
    assert written.getvalue() == ""


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
