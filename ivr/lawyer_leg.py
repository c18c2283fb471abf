"""The leg of the call's lawyer: a browser that comes to us, or a telephone that we dial."""

import asyncio
from collections.abc import Awaitable, Callable

from hotline.agents.rules import Reason
from ivr.audio import CallAudio
from ivr.catalogue import PromptCatalogue
from ivr.desk import Desk
from ivr.dialled_leg import Dialling
from ivr.flow import inputs
from ivr.flow.definition import FlowDefinition
from ivr.party_desk import PartyDesk
from ivr.telephone import LawyerTelephone


class LawyerLeg:
    """Opens and closes the lawyer's leg, and tells the flow whether the lawyer is there.

    Args:
        flow: For the question that a telephone is asked.
        desk: The call's row.
        records: The rows of legs and telephones.
        audio: The call's audio.
        catalogue: Where the question's audio is.
        dialling: The way to telephones.
        post: Takes the flow's inputs.
        post_deed: Takes deeds to be done in the call's own order.
    """

    def __init__(
        self,
        *,
        flow: FlowDefinition,
        desk: Desk,
        records: PartyDesk,
        audio: CallAudio,
        catalogue: PromptCatalogue,
        dialling: Dialling,
        post: Callable[[inputs.Input], None],
        post_deed: Callable[[Callable[[], Awaitable[None]]], None],
    ) -> None:
        self._flow = flow
        self._desk = desk
        self._records = records
        self._audio = audio
        self._catalogue = catalogue
        self._dialling = dialling
        self._post = post
        self._post_deed = post_deed
        self._telephone: LawyerTelephone | None = None
        self._ringing: asyncio.Task[None] | None = None

    async def open(self, leg: str) -> bool:
        """Opens a leg in place of any earlier one.

        Returns:
            Whether it is a telephone, which rings from now on; a browser is told where to come.
        """
        await self.close()
        target = await asyncio.to_thread(self._records.telephone_of, leg)
        if target is not None:
            self._telephone = self._make_telephone(leg, target)
            self._ringing = asyncio.create_task(self._telephone.ring())
            return True
        source = self._records.voice_source(leg)
        port = await self._audio.open_lawyer(leg, source=source)
        host = self._dialling.media_host
        await asyncio.to_thread(lambda: self._desk.leg_ready(leg, host=host, port=port))
        return False

    def _make_telephone(self, leg: str, target: str) -> LawyerTelephone:
        language = self._flow.default_language
        question = [self._catalogue.path(key, language) for key in self._flow.prompts.press_one]
        return LawyerTelephone(
            leg=leg,
            target=target,
            audio=self._audio,
            records=self._records,
            dialling=self._dialling,
            question=question,
            on_hung_up=self._telephone_hung_up,
            post=self._post,
            post_deed=self._post_deed,
        )

    async def reached(self) -> bool:
        """Waits until a telephone was taken or given up; True at once for a browser."""
        telephone, ringing = self._telephone, self._ringing
        if telephone is None or ringing is None:
            return True
        await asyncio.shield(ringing)
        return telephone.is_taken

    def heard(self, *, is_there: bool) -> None:
        """Audio of the leg has come, or has stopped; that of a voicemail does not count."""
        telephone = self._telephone
        if telephone is None or (telephone.is_taken and not telephone.is_holding):
            self._post(inputs.LawyerHeard() if is_there else inputs.LawyerLost())

    def digit_pressed(self, digit: str) -> None:
        """A key came from the lawyer's leg."""
        if self._telephone is not None:
            self._telephone.digit_pressed(digit)

    def hung_up(self) -> None:
        """The lawyer ended the talk at the console."""
        leg = self._audio.lawyer_leg
        self._post(inputs.LawyerHungUp())

        async def close() -> None:
            # Somebody else may be the call's lawyer by now.
            if leg is not None and self._audio.lawyer_leg == leg:
                await self.close()

        self._post_deed(close)

    def _telephone_hung_up(self) -> None:
        """The lawyer ended the talk at the telephone: the rows follow, as they lead at a page."""

        async def release() -> None:
            await asyncio.to_thread(self._desk.release_lawyer, Reason.CALL_ENDED)

        self._post_deed(release)
        self.hung_up()

    def hang_up_telephone(self) -> None:
        """Ends the telephone's call, if the leg is one."""
        telephone, self._telephone = self._telephone, None
        if telephone is not None:
            telephone.hang_up()
        self._ringing = None

    async def close(self) -> None:
        """Closes the leg, if there is one."""
        self.hang_up_telephone()
        await self._audio.close_lawyer()
