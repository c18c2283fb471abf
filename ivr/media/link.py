"""The line between ivr and the process of its media engine: starts it, asks it, sees it end."""

import asyncio
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, cast, get_args

from hotline.errors import HotlineError
from ivr.media import errors
from ivr.media.channel import Channel
from ivr.media.control import Address, Command, ReportStatistics, Stop
from ivr.media.errors import EngineGone, MessageUnreadable
from ivr.media.telling import Answer, EngineDied, MediaEvent, Refused
from ivr.media.wire import Message

log = logging.getLogger(__name__)

# Python and numpy start in half a second; a machine under full load takes longer.
_START_TIMEOUT_SECONDS = 20.0

# The engine answers between two ticks; only a prompt or a recording has to wait for the disk.
_ANSWER_TIMEOUT_SECONDS = 10.0

# Longer than the engine itself waits for its disk.
_STOP_TIMEOUT_SECONDS = 8.0


class EngineLink:
    """One engine's process and the commands that are under way to it.

    Belongs to the event loop it was made in.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        channel: Channel,
        on_event: Callable[[MediaEvent], None],
    ) -> None:
        self._process = process
        self._channel = channel
        self._on_event = on_event
        self._loop = asyncio.get_running_loop()
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._requests = 0
        self._stopping = False
        self._loop.add_reader(channel.fileno(), self._read)
        self._watcher = self._loop.create_task(self._watch())

    @classmethod
    async def start(
        cls,
        *,
        host: str,
        ports: range,
        on_event: Callable[[MediaEvent], None],
        asr_address: Address | None,
        rtp_timeout_seconds: float,
    ) -> "EngineLink":
        """Starts an engine, and returns when it answers; see `MediaEngine.start`."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asr = () if asr_address is None else ("--asr", asr_address[0], str(asr_address[1]))
        with theirs, ExitStack() as undo:
            undo.enter_context(ours)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "ivr.media", "--control-fd", str(theirs.fileno())),
                *("--host", host, "--ports", str(min(ports)), str(max(ports)), *asr),
                *("--rtp-timeout", str(rtp_timeout_seconds)),
                *("--log-level", logging.getLevelName(log.getEffectiveLevel())),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
                # A signal to our group is for us; the engine ends when we have hung up.
                start_new_session=True,
            )
            undo.pop_all()
        link = cls(process, Channel(ours), on_event)
        try:
            await link.ask(ReportStatistics(), timeout_seconds=_START_TIMEOUT_SECONDS)
        except BaseException:
            await link.stop()
            raise
        return link

    @property
    def process_id(self) -> int:
        """The engine's process."""
        return self._process.pid

    async def ask(
        self, command: Command, *, timeout_seconds: float = _ANSWER_TIMEOUT_SECONDS
    ) -> Answer:
        """Gives a command and waits for its answer.

        Raises:
            EngineGone: The process has ended, or does not answer.
            HotlineError: The command was refused; of the class in `errors` that the engine named.
        """
        if self._channel.is_closed or self._stopping:
            raise EngineGone("The media engine is not running.")
        self._requests = request = self._requests + 1
        future: asyncio.Future[Answer] = self._loop.create_future()
        self._answers[request] = future
        self._say(command, request=request)
        # `asyncio.timeout` does the same; it costs as much as all else here (2026-11-22).
        time_limit = self._loop.call_later(timeout_seconds, _give_up, future)
        try:
            answer = await future
        finally:
            time_limit.cancel()
            self._answers.pop(request, None)
        if isinstance(answer, Refused):
            raise _error(answer)
        return answer

    async def stop(self) -> None:
        """Ends the process when it has closed its recordings; safe to do again."""
        if not self._stopping:
            self._stopping = True
            self._say(Stop(), request=0)
        try:
            async with asyncio.timeout(_STOP_TIMEOUT_SECONDS):
                await asyncio.shield(self._watcher)
        except TimeoutError:
            log.error("media engine did not end, killing it")
            self._process.kill()
            await asyncio.shield(self._watcher)

    def _say(self, command: Command, *, request: int) -> None:
        if self._channel.is_closed:
            return
        self._channel.send(command, request=request)
        if self._channel.has_waiting:
            self._loop.add_writer(self._channel.fileno(), self._write)

    def _write(self) -> None:
        self._channel.flush()
        if not self._channel.has_waiting:
            self._loop.remove_writer(self._channel.fileno())

    def _read(self) -> None:
        try:
            # The loop calls again as long as there are others.
            for message, request in self._channel.receive(1):
                self._take(message, request)
        except MessageUnreadable:
            log.exception("engine not understood")
        if self._channel.is_closed:
            self._loop.remove_reader(self._channel.fileno())
            self._loop.remove_writer(self._channel.fileno())

    def _take(self, message: Message, request: int | None) -> None:
        if request is None:
            if isinstance(message, get_args(MediaEvent)):
                self._tell(cast(MediaEvent, message))
            return
        future = self._answers.get(request)
        if future is not None and not future.done():
            future.set_result(cast(Answer, message))

    def _tell(self, event: MediaEvent) -> None:
        try:
            self._on_event(event)
        except Exception:
            # One call's trouble with its event must not take the others' events away.
            log.exception("media event not handled", extra={"event": type(event).__name__})

    async def _watch(self) -> None:
        """Waits for the process to end, and tells everybody."""
        exit_code = await self._process.wait()
        while not self._channel.is_closed:
            self._read()
        self._channel.close()
        for future in self._answers.values():
            if not future.done():
                future.set_exception(EngineGone("The media engine has ended."))
        if not self._stopping:
            log.error("media engine died", extra={"exit_code": exit_code})
            self._tell(EngineDied(process_id=self._process.pid, exit_code=exit_code))


def _give_up(future: "asyncio.Future[Answer]") -> None:
    if not future.done():
        future.set_exception(EngineGone("The media engine does not answer."))


def _error(refused: Refused) -> HotlineError:
    """The error that the engine named."""
    kind: Any = getattr(errors, refused.error, HotlineError)
    error = kind(refused.message)
    return error if isinstance(error, HotlineError) else HotlineError(refused.message)
