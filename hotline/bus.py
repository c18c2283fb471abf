"""The bus: nudges that something happened, and live words that need not last.

Two Redis streams. `hotline:events` carries empty nudges: whoever waits looks into the database.
`hotline:live` carries what is only of the moment (partial transcripts, levels). The bus may lose or
double anything; nobody may depend on it for more than speed.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import redis
import redis.asyncio

log = logging.getLogger(__name__)

EVENTS_STREAM = "hotline:events"
LIVE_STREAM = "hotline:live"

# A nudge is worth nothing once somebody looked; live words are old after seconds.
_EVENTS_LENGTH = 100
_LIVE_LENGTH = 2000
_TIMEOUT_SECONDS = 2.0

# A process says every 1.5 s that it works (hotline.heartbeat); three missed beats are silence.
_ALIVE_SECONDS = 5
_ALIVE_KEY = "hotline:alive:"
_TOLD_KEY = "hotline:told:"
_KEYS_PER_SCAN = 1000

_BOX_KEY = "hotline:box:"
# Who does not pick something up within this does not need it any more.
_BOX_SECONDS = 30

# Places in a stream (Redis documentation, XREAD).
_FROM_NOW = "$"
_BEGINNING = "0-0"

# Redis' own failures, and the socket's when the embedded server restarts.
BUS_ERRORS: tuple[type[Exception], ...] = (redis.RedisError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Live:
    """Something of the moment: `kind` such as transcript.partial, with its data."""

    kind: str
    data: dict[str, Any]


class Bus:
    """The synchronous side: publishing. A bus that is away costs a warning, never the deed."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS
        )

    def nudge(self) -> None:
        """Tells everyone that the database has news."""
        self._add(EVENTS_STREAM, {"n": "1"}, _EVENTS_LENGTH)

    def publish_live(self, kind: str, data: dict[str, Any]) -> None:
        """Sends something of the moment to whoever listens now."""
        fields = {"kind": kind, "data": json.dumps(data, ensure_ascii=False)}
        self._add(LIVE_STREAM, fields, _LIVE_LENGTH)

    def beat(self, name: str) -> None:
        """Says that the process of this name works; true for five seconds."""
        try:
            self._redis.set(_ALIVE_KEY + name, "1", ex=_ALIVE_SECONDS)
        except BUS_ERRORS:
            log.warning("bus is away", extra={"beat": name})

    def forget_beat(self, name: str) -> None:
        """Takes back what a process said before it ended."""
        try:
            self._redis.delete(_ALIVE_KEY + name)
        except BUS_ERRORS:
            log.warning("bus is away", extra={"beat": name})

    def is_alive(self, name: str) -> bool:
        """Whether the process of this name said within five seconds that it works.

        Raises:
            One of BUS_ERRORS when the bus is away: then nobody can tell.
        """
        return bool(self._redis.exists(_ALIVE_KEY + name))

    def tell(self, topic: str, name: str, data: dict[str, Any]) -> None:
        """Says what something is like now, to whoever asks within five seconds."""
        try:
            self._redis.set(
                f"{_TOLD_KEY}{topic}:{name}",
                json.dumps(data, ensure_ascii=False),
                ex=_ALIVE_SECONDS,
            )
        except BUS_ERRORS:
            log.warning("bus is away", extra={"topic": topic})

    def told(self, topic: str) -> list[dict[str, Any]]:
        """What was told of a topic within five seconds, in no order.

        Raises:
            One of BUS_ERRORS when the bus is away.
        """
        keys = list(self._redis.scan_iter(f"{_TOLD_KEY}{topic}:*", count=_KEYS_PER_SCAN))
        values = cast(list[bytes | None], self._redis.mget(keys)) if keys else []
        return [json.loads(value) for value in values if value is not None]

    def hand_over(self, box: str, text: str) -> None:
        """Puts something into a box for the one who waits there; gone when taken, or after 30 s."""
        try:
            with self._redis.pipeline() as both:
                both.rpush(_BOX_KEY + box, text)
                both.expire(_BOX_KEY + box, _BOX_SECONDS)
                both.execute()
        except BUS_ERRORS:
            log.warning("bus is away", extra={"box": box.partition(":")[0]})

    def ping(self) -> None:
        """Raises one of BUS_ERRORS when the bus does not answer."""
        self._redis.ping()

    def close(self) -> None:
        """Closes the connections."""
        self._redis.close()

    def _add(self, stream: str, fields: dict[str, str], length: int) -> None:
        try:
            self._redis.xadd(stream, cast(Any, fields), maxlen=length, approximate=True)
        except BUS_ERRORS:
            log.warning("bus is away", extra={"stream": stream})


class Boxes:
    """The asynchronous side of `Bus.hand_over`: waiting for what is put into a box."""

    def __init__(self, url: str) -> None:
        self._redis = redis.asyncio.Redis.from_url(
            url, socket_timeout=None, socket_connect_timeout=_TIMEOUT_SECONDS
        )

    async def take(self, box: str, *, timeout_seconds: float) -> str | None:
        """The oldest text in a box; None when nothing came in time.

        Raises:
            One of BUS_ERRORS when the bus is away.
        """
        found = await cast(Any, self._redis.blpop([_BOX_KEY + box], timeout=timeout_seconds))
        return cast(bytes, found[1]).decode() if found else None

    async def close(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()


class Listener:
    """The asynchronous side: waiting for nudges and live words, surviving the bus's absence."""

    def __init__(self, url: str, *, streams: Sequence[str] = (EVENTS_STREAM,)) -> None:
        self._redis = redis.asyncio.Redis.from_url(
            url, socket_timeout=None, socket_connect_timeout=_TIMEOUT_SECONDS
        )
        self._last: dict[str, str] = dict.fromkeys(streams, _FROM_NOW)

    async def wait(self, *, timeout_seconds: float) -> list[Live]:
        """Waits until something comes or the time is over.

        Returns:
            The live words that came; an empty list for a nudge, the time-out, or a bus away
            (then it returns early: wait a little before asking again).

        Raises:
            One of BUS_ERRORS when the bus is away.
        """
        await self._find_now()
        answer = await self._redis.xread(
            cast(Any, dict(self._last)), block=max(1, int(timeout_seconds * 1000)), count=200
        )
        heard: list[Live] = []
        for stream_name, entries in _streams(answer):
            for entry_id, fields in entries:
                self._last[stream_name] = entry_id
                if stream_name == LIVE_STREAM:
                    heard.append(Live(fields["kind"], json.loads(fields["data"])))
        return heard

    async def close(self) -> None:
        """Closes the connection."""
        await self._redis.aclose()

    async def _find_now(self) -> None:
        """Gives "from now on" a place in each stream.

        The server takes `$` anew at each call, so that until a stream's first entry was heard,
        whatever came between two calls would be lost.
        """
        for stream, last in self._last.items():
            if last == _FROM_NOW:
                newest = await self._redis.xrevrange(stream, count=1)
                self._last[stream] = cast(bytes, newest[0][0]).decode() if newest else _BEGINNING


def _streams(answer: Any) -> list[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """The client's answer, decoded: protocol 2 gives a list of pairs, protocol 3 a dictionary."""
    result = []
    for name, entries in answer.items() if isinstance(answer, dict) else answer or []:
        # Protocol 3 wraps the entries of a stream in one more list.
        is_wrapped = bool(entries) and isinstance(entries[0], list)
        decoded = [
            (entry_id.decode(), {key.decode(): value.decode() for key, value in fields.items()})
            for entry_id, fields in (entries[0] if is_wrapped else entries)
        ]
        result.append((name.decode(), decoded))
    return result
