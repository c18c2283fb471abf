"""What a telephone call tells, turned into the flow's inputs."""

import asyncio
from collections.abc import Callable

from ivr.flow import inputs
from ivr.flow.mixing import CALLER, LAWYER
from ivr.runner import CallRunner
from ivr.sip.line import EndReason, RemoteMedia


class InboundListener:
    """Hears an inbound call; what comes before its runner exists is kept for it."""

    def __init__(self) -> None:
        self._runner: CallRunner | None = None
        self._kept: list[Callable[[], None]] = []

    def attach(self, runner: CallRunner) -> None:
        """Names the call's runner and tells it what has happened so far."""
        self._runner = runner
        for tell in self._kept:
            tell()
        self._kept.clear()

    def call_ringing(self) -> None:
        """Inbound calls do not ring at our side."""

    def early_media(self, media: RemoteMedia) -> None:
        """Inbound calls have none."""

    def call_answered(self, media: RemoteMedia) -> None:
        """The caller confirmed our answer."""
        self._tell(lambda runner: runner.answered(media))

    def media_changed(self, media: RemoteMedia) -> None:
        """The caller's phone moved its audio or holds us."""
        self._tell(lambda runner: runner.media_changed(media))

    def digit_pressed(self, digit: str) -> None:
        """A key came by signalling."""
        self._tell(lambda runner: runner.key_pressed(digit, by_signalling=True))

    def call_ended(self, reason: EndReason) -> None:  # noqa: ARG002 - the protocol's signature
        """The caller is gone."""
        self._tell(lambda runner: runner.post(inputs.CallerHungUp()))

    def _tell(self, tell: Callable[[CallRunner], None]) -> None:
        if self._runner is not None:
            tell(self._runner)
        else:
            self._kept.append(lambda: tell(self._attached()))

    def _attached(self) -> CallRunner:
        if self._runner is None:
            raise AssertionError("told only after attach")
        return self._runner


class OutboundListener:
    """Hears a call that we dial: a future for its answer, then like an inbound one."""

    def __init__(self, runner: CallRunner) -> None:
        self._runner = runner
        self._is_answered = False
        self.settled: asyncio.Future[EndReason | None] = asyncio.get_running_loop().create_future()

    def call_ringing(self) -> None:
        """The citizen's telephone rings."""

    def early_media(self, media: RemoteMedia) -> None:
        """The network rings by itself, or says why it does not."""
        audio = self._runner.audio

        async def hear() -> None:
            await audio.change_caller(media, is_early=True)
            # The lawyer waits for the citizen and hears nobody else.
            await audio.hear_early(CALLER, LAWYER)

        self._runner.post_deed(hear)

    def call_answered(self, media: RemoteMedia) -> None:
        """The citizen picked up."""
        self._is_answered = True
        audio = self._runner.audio
        self._runner.post_deed(lambda: audio.end_early(CALLER))
        self._runner.media_changed(media)
        self._settle(None)

    def media_changed(self, media: RemoteMedia) -> None:
        """The citizen's phone moved its audio or holds us."""
        self._runner.media_changed(media)

    def digit_pressed(self, digit: str) -> None:
        """A key came by signalling."""
        self._runner.key_pressed(digit, by_signalling=True)

    def call_ended(self, reason: EndReason) -> None:
        """The citizen is gone, or was never reached."""
        if self._is_answered:
            self._runner.post(inputs.CallerHungUp())
        self._settle(reason)

    def _settle(self, reason: EndReason | None) -> None:
        if not self.settled.done():
            self.settled.set_result(reason)
