"""An engine, a line, a telephone and a catalogue that only remember."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from ivr.media.control import Codec
from ivr.media.errors import NoSuchLeg
from ivr.media.telling import LegQuality, MediaEvent, PromptFinished
from ivr.sip.line import CallListener, Direction, EndReason, LineCall, RemoteMedia, TrunkStatus

MEDIA = RemoteMedia("127.0.0.1", 4000, Codec.PCMA, 101, Direction.SENDRECV)


class FakeEngine:
    """Remembers legs, gains and what was played; ends every prompt at once."""

    process_id = 1

    def __init__(self) -> None:
        self.on_event: Callable[[MediaEvent], None] = lambda _: None
        self.legs: set[str] = set()
        self.updated: list[str] = []
        self.sources: dict[str, int | None] = {}
        self.gains: set[tuple[str, str]] = set()
        self.playing: dict[str, tuple[str, ...]] = {}
        self.played: list[str] = []
        self.digits: list[tuple[str, str]] = []
        self.recordings: dict[str, bool] = {}
        self.recorded: tuple[str, ...] = ()
        self.recorded_left: str | None = None
        self.forked: set[str] = set()
        # Whether a leg's opening is told; it is open before.
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    def choose(self) -> "FakeEngine":
        return self

    async def open_leg(self, leg: str, *, source: int | None = None, **_: object) -> int:
        self.legs.add(leg)
        self.sources[leg] = source
        await self.may_answer.wait()
        return 20_000 + 2 * len(self.legs)

    async def update_leg(self, leg: str, **_: object) -> None:
        self._check(leg)
        self.updated.append(leg)

    async def close_leg(self, leg: str) -> None:
        self._check(leg)
        self.legs.remove(leg)
        self.forked.discard(leg)
        self.gains = {pair for pair in self.gains if leg not in pair}

    async def set_gains(self, gains: Sequence[tuple[str, str, float]]) -> None:
        for source, target, gain in gains:
            if gain:
                self._check(source)
                self._check(target)
                self.gains.add((source, target))
            else:
                self.gains.discard((source, target))

    async def play(self, leg: str, *, play: int, paths: Sequence[Path], **how: object) -> None:
        self._check(leg)
        self.playing[leg] = tuple(path.stem for path in paths)
        self.played += self.playing[leg]
        if not how.get("loop"):
            event = PromptFinished(leg, play, False)
            asyncio.get_running_loop().call_soon(self.on_event, event)

    async def play_tone(self, leg: str, tone: str, **_: object) -> None:
        self._check(leg)
        self.playing[leg] = (tone,)

    async def stop_playing(self, leg: str) -> None:
        self._check(leg)
        self.playing.pop(leg, None)

    async def send_digits(self, leg: str, digits: str) -> None:
        self._check(leg)
        self.digits.append((leg, digits))

    async def start_recording(self, recording: str, *, left: str | None, **_: object) -> None:
        self.recordings[recording] = False
        self.recorded_left = left

    async def set_recording_leg(
        self, recording: str, *, left: str | None, right: str | None, beside: Sequence[str]
    ) -> None:
        assert recording in self.recordings
        for leg in (left, right, *beside):
            if leg is not None:
                self._check(leg)
        self.recorded = (right, *beside) if right else ()
        self.recorded_left = left

    async def pause_recording(self, recording: str, paused: bool = True) -> None:
        self.recordings[recording] = paused

    async def stop_recording(self, recording: str) -> None:
        del self.recordings[recording]

    async def start_fork(self, leg: str, **_: object) -> None:
        self._check(leg)
        self.forked.add(leg)

    async def stop_fork(self, leg: str) -> None:
        self._check(leg)
        self.forked.discard(leg)

    async def quality(self, leg: str) -> LegQuality:
        return LegQuality(leg, 0, 0, 0, 0.0, None, 1.0)

    def _check(self, leg: str) -> None:
        if leg not in self.legs:
            raise NoSuchLeg(f"There is no leg {leg}.")


@dataclass
class FakeCall:
    """One telephone; the test says what it does."""

    called: str
    listener: CallListener | None = None
    caller: str | None = "13800001111"
    id: str = "line_1"
    media: RemoteMedia | None = MEDIA
    is_hung_up: bool = False
    is_watched: bool = False

    def listen(self, listener: CallListener) -> None:
        self.listener = listener

    def ring(self) -> None:
        pass

    def answer(self, **_: object) -> None:
        assert self.listener is not None
        self.listener.call_answered(MEDIA)

    def reject(self, status: int, **_: object) -> None:
        raise AssertionError(f"rejected with {status}")

    def watch(self) -> None:
        self.is_watched = True

    def hang_up(self) -> None:
        self.is_hung_up = True

    def pick_up(self) -> None:
        """The one who was dialled answers."""
        self.answer()

    def announce(self) -> None:
        """Its network sends audio before anybody answers."""
        assert self.listener is not None
        self.listener.early_media(MEDIA)

    def hold(self) -> None:
        """Its user presses the hold key."""
        self.move(Direction.INACTIVE)

    def resume(self) -> None:
        """Its user comes back."""
        self.move(Direction.SENDRECV)

    def move(self, direction: Direction) -> None:
        """It says anew what it does with audio."""
        assert self.listener is not None
        self.media = replace(MEDIA, direction=direction)
        self.listener.media_changed(self.media)

    def end(self, reason: EndReason = EndReason.CALLER_HUNG_UP) -> None:
        """The other side hangs up, or was never reached."""
        assert self.listener is not None
        # As the lines do (ivr.sip.reported_call): nothing comes after it.
        listener, self.listener = self.listener, None
        listener.call_ended(reason)


class FakeLine:
    """Remembers whom it was to dial."""

    def __init__(self) -> None:
        self.dialled: list[FakeCall] = []
        self.trunks: list[TrunkStatus] = []

    async def dial(self, number: str, *, listener: CallListener, **_: object) -> LineCall:
        call = FakeCall(number, listener)
        self.dialled.append(call)
        return cast("LineCall", call)


class FakeCatalogue:
    """Has every prompt."""

    def path(self, key: str, _language: str, **_: object) -> Path:
        return Path(f"{key}.wav")
