"""`hotline call`: one real call to the hotline, as a citizen's telephone would make it."""

import asyncio
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hotline import rtp
from hotline.g711 import Samples
from ivr.caller_phone import DIGITS, Handset
from ivr.caller_probe import probe, resolve
from ivr.caller_wav import read_speech, write_heard
from ivr.sip.line import EndReason, RemoteMedia
from ivr.sip.trunk_call import TrunkCall
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import one_trunk

Say = Callable[[str], None]

_ANSWER_TIMEOUT_SECONDS = 30.0
# People press a key when the voice pauses between two sentences.
_PAUSE_SECONDS = 0.4
# Somebody who hears nothing at all presses anyway, and so does somebody who knows the menu; the
# flow takes keys ahead of its questions.
_NOTHING_HEARD_SECONDS = 3.0
_PATIENCE_SECONDS = 5.0
_BETWEEN_CLIPS_SECONDS = 2.0

_EXPLANATIONS = {
    403: "refused: calls from here are forbidden",
    404: "no such number",
    408: "no answer from that address",
    480: "the hotline cannot take calls at the moment",
    486: "busy",
    488: "no common audio format",
    503: "the hotline is full or stopping; see HOTLINE_MAX_CALLS, HOTLINE_CALLS_PER_SECOND",
}
_ENDINGS = {
    EndReason.CALLER_HUNG_UP: "对方挂机 the hotline hung up",
    EndReason.WE_HUNG_UP: "挂机 hung up",
    EndReason.CANCELLED: "取消 cancelled before the answer",
    EndReason.NO_ANSWER: "无人接听 nobody answered in time",
    EndReason.UNREACHABLE: "无法接通 cannot be reached",
    EndReason.REJECTED: "被拒绝 refused",
    EndReason.BUSY: "忙 busy",
    EndReason.TIMEOUT: "超时 the other side stopped answering",
    EndReason.FAILED: "失败 failed",
}


@dataclass(frozen=True, slots=True)
class CallPlan:
    """What the caller does.

    Attributes:
        host: IP address or name of the hotline.
        port: Its UDP port for SIP.
        to: The number to dial.
        from_number: The number to show.
        digits: Keys to press one after the other, each when the voice pauses.
        speech: What to say after the keys, None for nothing.
        is_repeated: Whether it is said again and again.
        seconds: How long to stay after the answer.
        save: Where to write what was heard, None for nowhere.
    """

    host: str
    port: int
    to: str
    from_number: str
    digits: str = ""
    speech: Samples | None = None
    is_repeated: bool = True
    seconds: float = 60.0
    save: Path | None = None


def parse_digits(text: str) -> str:
    """The keys in ``1,2`` or ``12#``.

    Raises:
        ValueError: There is something else in it.
    """
    digits = "".join(text.replace(",", " ").split()).upper()
    if not set(digits) <= set(DIGITS):
        raise ValueError("keys are 0-9, * and #, for example 1,2")
    return digits


def load_speech(path: Path | None) -> Samples | None:
    """The sound of a WAV file, ready for `CallPlan`.

    Raises:
        InvalidInput: The file cannot be used.
    """
    return None if path is None else read_speech(path)


class Caller:
    """Makes one call by plan.

    Args:
        plan: What to do.
        say: Takes each line for the person who watches.
    """

    def __init__(self, plan: CallPlan, *, say: Say) -> None:
        self._plan = plan
        self._say = say
        self._began_at = 0.0
        self._answered = asyncio.Event()
        self._over = asyncio.Event()
        self._handset: Handset
        self._call: TrunkCall | None = None
        self._reason: EndReason | None = None
        self._is_stopping = False

    async def run(self) -> bool:
        """Makes the call; returns whether it was answered.

        Raises:
            NotConfigured: Nobody listens at that address.
        """
        loop = asyncio.get_running_loop()
        self._began_at = loop.time()
        target = await resolve(self._plan.host, self._plan.port)
        local = await probe(target)
        self._handset = await Handset.open(local)
        line = TrunkLine(
            host=local,
            port=0,
            trunks=one_trunk([ipaddress.ip_network(target[0])], target),
            max_calls=1,
            calls_per_second=1,
            user_agent="hotline call",
        )
        try:
            await line.start(lambda call: call.reject(486))
            await self._talk_over(line, local)
        finally:
            await line.stop()
            self._handset.close()
        self._finish()
        return self._answered.is_set()

    def hang_up(self) -> None:
        """Ends the call, at any time."""
        self._is_stopping = True
        if self._call is not None:
            self._call.hang_up()

    # CallListener

    def call_ringing(self) -> None:
        """Tells the watcher."""
        self._tell("振铃 ringing")

    def call_answered(self, media: RemoteMedia) -> None:
        """Begins to talk."""
        self._handset.connect(media)
        self._tell(f"已接通 answered ({media.codec.name}, {media.host}:{media.port})")
        self._answered.set()

    def early_media(self, media: RemoteMedia) -> None:
        """What the network says before the answer is not recorded."""

    def digit_pressed(self, digit: str) -> None:
        """The hotline presses no keys."""

    def media_changed(self, media: RemoteMedia) -> None:
        """Follows the other side's audio."""
        self._handset.connect(media)
        self._tell("通话恢复 resumed" if media.direction.listens else "被保持 on hold")

    def call_ended(self, reason: EndReason) -> None:
        """Notes the end."""
        self._reason = reason
        self._over.set()

    async def _talk_over(self, line: TrunkLine, local: str) -> None:
        self._tell(f"呼叫 calling {self._plan.to} at {self._plan.host}:{self._plan.port}")
        self._call = await line.dial(
            self._plan.to,
            from_number=self._plan.from_number,
            host=local,
            port=self._handset.port,
            listener=self,
            timeout_seconds=_ANSWER_TIMEOUT_SECONDS,
        )
        if self._is_stopping:
            self._call.hang_up()
        acting = asyncio.create_task(self._act())
        try:
            await self._over.wait()
        finally:
            acting.cancel()
            await asyncio.gather(acting, return_exceptions=True)

    async def _act(self) -> None:
        await self._answered.wait()
        try:
            async with asyncio.timeout(self._plan.seconds):
                for digit in self._plan.digits:
                    await self._press(digit)
                await self._speak()
                await self._over.wait()
        except TimeoutError:
            self.hang_up()

    async def _press(self, digit: str) -> None:
        mouth, ear = self._handset.mouth, self._handset.ear
        if mouth is None or not mouth.can_press:
            self._tell(f"不能按键 the hotline takes no keys: {digit} not pressed")
            return
        began = self._handset.seconds

        def has_paused() -> bool:
            now = self._handset.seconds
            if ear.sound_at is None or ear.sound_at < began:
                return now - began > _NOTHING_HEARD_SECONDS
            return now - ear.sound_at > _PAUSE_SECONDS

        await self._handset.wait_for(has_paused, seconds=_PATIENCE_SECONDS)
        mouth.press(digit)
        self._tell(f"按键 key {digit}")
        await self._handset.wait_for(lambda: mouth.is_idle, seconds=_PATIENCE_SECONDS)

    async def _speak(self) -> None:
        speech, mouth = self._plan.speech, self._handset.mouth
        if speech is None or mouth is None:
            return
        self._tell("说话 speaking")
        pause = np.zeros(round(_BETWEEN_CLIPS_SECONDS * rtp.SAMPLE_RATE_HZ), np.int16)
        mouth.say(speech)
        while self._plan.is_repeated:
            await self._handset.wait_for(lambda: mouth.is_idle, seconds=self._plan.seconds)
            mouth.say(np.concatenate([pause, speech]))

    def _finish(self) -> None:
        """Tells how it ended, and keeps what was heard."""
        reason = self._reason or EndReason.FAILED
        status = self._call.end_status if self._call else None
        line = _ENDINGS[reason]
        if status is not None:
            explanation = _EXPLANATIONS.get(status, "see RFC 3261 section 21")
            line += f": SIP {status}, {explanation}"
        self._tell(line)
        if not self._answered.is_set():
            return
        heard = self._handset.ear.samples()
        seconds = len(heard) / rtp.SAMPLE_RATE_HZ
        self._tell(f"听到 heard {seconds:.1f} s in {self._handset.ear.packet_count} packets")
        if self._plan.save is not None:
            write_heard(self._plan.save, heard)
            self._tell(f"已保存 saved to {self._plan.save}")

    def _tell(self, text: str) -> None:
        seconds = asyncio.get_running_loop().time() - self._began_at
        self._say(f"{seconds:04.1f} s {text}")
