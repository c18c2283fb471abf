"""A listener that remembers, for tests of lines."""

import asyncio

from ivr.sip.line import EndReason, LineCall, RemoteMedia

WAIT_SECONDS = 60.0


class Witness:
    """Remembers what a call told it (`ivr.sip.line.CallListener`)."""

    def __init__(self) -> None:
        self.rings = 0
        self.early: list[RemoteMedia] = []
        self.digits = ""
        self.answers: list[RemoteMedia] = []
        self.changes: list[RemoteMedia] = []
        self.ends: list[EndReason] = []
        self.order: list[str] = []
        self._changed = asyncio.Event()

    def call_ringing(self) -> None:
        """Counts."""
        self.rings += 1
        self._note("ringing")

    def early_media(self, media: RemoteMedia) -> None:
        """Remembers."""
        self.early.append(media)
        self._note("early")

    def digit_pressed(self, digit: str) -> None:
        """Remembers."""
        self.digits += digit
        self._note("digit")

    def call_answered(self, media: RemoteMedia) -> None:
        """Remembers."""
        self.answers.append(media)
        self._note("answered")

    def media_changed(self, media: RemoteMedia) -> None:
        """Remembers."""
        self.changes.append(media)
        self._note("changed")

    def call_ended(self, reason: EndReason) -> None:
        """Remembers."""
        self.ends.append(reason)
        self._note("ended")

    async def ended(self) -> EndReason:
        """Waits for the end of the call."""
        await self._until("ended")
        return self.ends[0]

    async def answered(self) -> RemoteMedia:
        """Waits for the answer."""
        await self._until("answered")
        return self.answers[0]

    async def changed(self, count: int = 1) -> RemoteMedia:
        """Waits until the media have changed so many times."""
        await self._until("changed", count)
        return self.changes[count - 1]

    async def ringing(self) -> None:
        """Waits until it rings."""
        await self._until("ringing")

    def _note(self, what: str) -> None:
        self.order.append(what)
        self._changed.set()

    async def _until(self, what: str, count: int = 1) -> None:
        async with asyncio.timeout(WAIT_SECONDS):
            while self.order.count(what) < count:
                self._changed.clear()
                await self._changed.wait()


class Desk:
    """Whoever takes a line's calls: keeps them, each with a witness, and answers if it shall."""

    def __init__(self) -> None:
        self.calls: list[LineCall] = []
        self.witnesses: list[Witness] = []
        self.listens = True
        self.rings = True
        self.answers = True
        self.host = "127.0.0.1"
        self._arrived = asyncio.Event()

    def take(self, call: LineCall) -> None:
        """Takes a call, as the line's `on_call`."""
        witness = Witness()
        if self.listens:
            call.listen(witness)
        self.calls.append(call)
        self.witnesses.append(witness)
        if self.rings:
            call.ring()
        if self.answers:
            call.answer(host=self.host, port=40_000)
        self._arrived.set()

    async def arrival(self, number: int = 1) -> tuple[LineCall, Witness]:
        """Waits for the call of that number, counted from 1."""
        async with asyncio.timeout(WAIT_SECONDS):
            while len(self.calls) < number:
                self._arrived.clear()
                await self._arrived.wait()
        return self.calls[number - 1], self.witnesses[number - 1]
