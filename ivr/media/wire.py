"""How the messages of `ivr.media.control` travel.

One message is one datagram on a SOCK_SEQPACKET socket pair: a JSON object whose `type` names a
class. A command also carries a `request` number, which its answer repeats.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args

from ivr.media.control import Codec, Command
from ivr.media.errors import MessageUnreadable
from ivr.media.telling import Answer, MediaEvent

Message = Command | Answer | MediaEvent

# A longer message is not ours. The longest real one is the gain matrix of a conference.
MAX_MESSAGE_BYTES = 65_536

# `json.dumps` makes an encoder for each message that is not written its own way, and `dataclasses`
# lists a class's fields anew each time: together half of what writing costs (measured 2026-11-22).
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_READER = json.JSONDecoder()
_CLASSES: dict[str, type[Message]] = {
    kind.__name__: kind for kind in (*get_args(Command), *get_args(Answer), *get_args(MediaEvent))
}
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in _CLASSES.values()}


def encode(message: Message, *, request: int | None = None) -> bytes:
    """The message as bytes.

    Args:
        message: What to say.
        request: The number that ties an answer to its command; None for events.
    """
    values: dict[str, Any] = {"type": type(message).__name__}
    if request is not None:
        values["request"] = request
    for name in _FIELDS[type(message)]:
        values[name] = getattr(message, name)
    return _WRITER.encode(values).encode()


def decode(data: bytes) -> tuple[Message, int | None]:
    """The message that some bytes are, and its request number.

    Raises:
        MessageUnreadable: The bytes are no message, or one with missing or surplus fields.
    """
    try:
        values = _READER.decode(data.decode())
        kind = _CLASSES[values.pop("type")]
        request = values.pop("request", None)
        return kind(**_revive(values)), request
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MessageUnreadable("These bytes are no message of the media control.") from error


def _revive(values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON knows neither tuples nor enumerations; the few fields that are such become so again."""
    revived = dict(values)
    if "codec" in revived:
        revived["codec"] = Codec(revived["codec"])
    if revived.get("remote") is not None:
        host, port = revived["remote"]
        revived["remote"] = (host, port)
    for name in ("paths", "beside"):
        if name in revived:
            revived[name] = tuple(revived[name])
    if "gains" in revived:
        revived["gains"] = tuple(
            (source, target, gain) for source, target, gain in revived["gains"]
        )
    return revived
