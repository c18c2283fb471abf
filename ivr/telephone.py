"""A lawyer's own telephone: dialled when the lawyer accepts, taken only with a key.

A voicemail answers, too, but it presses no key: only "1" connects the caller.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from ivr.audio import CallAudio
from ivr.dialled_leg import DialledListener, Dialling
from ivr.flow import inputs
from ivr.flow.inputs_control import HoldRequested, ResumeRequested
from ivr.party_desk import PartyDesk
from ivr.sip.line import EndReason, LineCall, RemoteMedia

log = logging.getLogger(__name__)

TAKING_KEY = "1"

RING_SECONDS = 20.0
KEY_SECONDS = 20.0

Deed = Callable[[], Awaitable[None]]


class LawyerTelephone:
    """The telephone of the lawyer who has taken a call.

    Args:
        leg: The lawyer's leg, open at the engine once dialled.
        target: What to dial; personal data.
        audio: The call's audio.
        records: Writes that the lawyer is there.
        dialling: The way to telephones.
        question: What is said to the lawyer again and again until the key.
        on_hung_up: Called when the lawyer ends the talk by hanging up.
        post: Takes the flow's inputs.
        post_deed: Takes deeds to be done in the call's own order.

    Attributes:
        is_holding: The telephone has put us on hold, and may send nothing meanwhile.
    """

    def __init__(
        self,
        *,
        leg: str,
        target: str,
        audio: CallAudio,
        records: PartyDesk,
        dialling: Dialling,
        question: Sequence[Path],
        on_hung_up: Callable[[], None],
        post: Callable[[inputs.Input], None],
        post_deed: Callable[[Deed], None],
    ) -> None:
        self._leg = leg
        self._target = target
        self._audio = audio
        self._records = records
        self._dialling = dialling
        self._question = question
        self._on_hung_up = on_hung_up
        self._post = post
        self._post_deed = post_deed
        self.is_holding = False
        self._call: LineCall | None = None
        self._is_over = False
        self._taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    @property
    def is_taken(self) -> bool:
        """Whether the lawyer has pressed the key."""
        return self._taken.done() and self._taken.result()

    def digit_pressed(self, digit: str) -> None:
        """A key came from the lawyer's telephone."""
        if digit == TAKING_KEY and not self._taken.done():
            self._taken.set_result(True)

    async def ring(self) -> None:
        """Dials and waits for the key; tells the flow what came of it."""
        listener = DialledListener(
            on_media=self._moved, on_end=self._ended, on_digit=self.digit_pressed
        )
        reason = await self._dialling.dial(
            self._target,
            open_port=lambda: self._audio.open_lawyer(self._leg),
            listener=listener,
            take=self._took,
            timeout_seconds=RING_SECONDS,
        )
        if reason is None and await self._key_pressed():
            self._post_deed(self._begin_talk)
        elif not self._is_over:
            log.info("lawyer's telephone was not answered with the key")
            self._post(inputs.LawyerUnreached())
            self.hang_up()

    async def _key_pressed(self) -> bool:
        self._post_deed(lambda: self._audio.play_to_lawyer(self._question))
        try:
            async with asyncio.timeout(KEY_SECONDS):
                return await self._taken
        except TimeoutError:
            return False

    async def _begin_talk(self) -> None:
        await self._audio.signal_lawyer(None)
        await asyncio.to_thread(self._records.telephone_taken, self._leg)
        self._post(inputs.LawyerHeard())

    def hang_up(self) -> None:
        """Ends the telephone's call, in whatever state it is."""
        self._is_over = True
        if not self._taken.done():
            self._taken.set_result(False)
        if self._call is not None:
            self._call.hang_up()

    def _took(self, call: LineCall) -> None:
        self._call = call
        if self._is_over:
            call.hang_up()

    def _moved(self, media: RemoteMedia) -> None:
        self._post_deed(lambda: self._audio.change_leg(self._leg, media))
        was_holding, self.is_holding = self.is_holding, not media.direction.listens
        if self.is_taken and was_holding is not self.is_holding:
            # The telephone's own hold key is the console's.
            self._post(HoldRequested() if self.is_holding else ResumeRequested())

    def _ended(self, _reason: EndReason) -> None:
        if self._is_over:
            return
        if self.is_taken:
            self._on_hung_up()
        elif not self._taken.done():
            self._taken.set_result(False)
