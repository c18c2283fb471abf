"""Logging: one line of JSON per record on standard error, and nothing personal in it.

Messages are constant phrases; data travel in ``extra``. The call that a record belongs to comes by
itself from `current_call`. As a last net, anything that looks like a telephone or identity number
is masked before it is written; the rule remains not to log it at all (docs/logging.md).
"""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

current_call: ContextVar[str | None] = ContextVar("current_call", default=None)

# These write whole messages at DEBUG (transcripts, tokens) and addresses at INFO, whatever level
# the operator asks for.
_TALKATIVE = (
    "uvicorn.access",
    "uvicorn.error",
    "uvicorn.asgi",
    "websockets",
    "httpx",
    "httpcore",
    "rq.worker",
    "asyncio",
    "faster_whisper",
    "pydub",
    "multipart",
    "python_multipart",
)

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}

# Seven digits and more in a row: telephone numbers (7-13 digits) and identity numbers (17 + check
# digit). Times and ids contain letters or separators; counters of that size do not occur in logs.
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z_.\-])\+?\d{7,18}[Xx]?(?![0-9A-Za-z_])")


def mask_numbers(text: str) -> str:
    """The text with every long number replaced by a mask."""
    return _LONG_NUMBER.sub("***", text)


class _JsonFormatter(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        call = current_call.get()
        if call is not None:
            line["call_id"] = call
        line.update({k: v for k, v in record.__dict__.items() if k not in _STANDARD})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return mask_numbers(json.dumps(line, ensure_ascii=False, default=str))


def configure(process: str, level: str = "INFO") -> None:
    """Sends all records of this process to standard error as JSON lines.

    Args:
        process: The process's name as it shall appear in every line, such as ``ivr``.
        level: The least level that is written.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # A handler that fails would print the record with all its data, past every mask.
    logging.raiseExceptions = False
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
