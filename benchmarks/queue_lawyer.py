"""A lawyer of `benchmarks.queue_live`: on the real WebSocket, human, and never giving up."""

import queue
import random
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
from websockets.exceptions import WebSocketException

from hotline.process import Urgency, hurry
from tests.e2e.headless import HeadlessLawyer
from tests.e2e.stack import Stack

# What goes wrong while processes die, and what the server refuses.
_TROUBLE = (AssertionError, httpx.HTTPError, OSError, WebSocketException, TimeoutError)
_TALK_SECONDS = (2.0, 6.0)
_ACCEPTED, _DECLINED = 0.88, 0.08
# A page asks for nothing while nothing rings; this looks after what went wrong.
_LOOK_SECONDS = 5.0
_AWAY = ("offline", "busy", "break", "lost")


class LiveLawyer(HeadlessLawyer):
    """Accepts most callers, declines some, lets some ring; comes back whatever happens.

    `seen` holds when each offer arrived on the wire.
    """

    def __init__(
        self, stack: Stack, username: str, chance: random.Random, stop: threading.Event
    ) -> None:
        self.seen: dict[str, datetime] = {}
        self._inbox: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._chance = chance
        self._stop = stop
        super().__init__(stack, username)

    def begin(self) -> None:
        """Works in a thread of its own until told to stop."""
        self.go_on_duty()
        thread = threading.Thread(target=self._work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "hello":
            # A lawyer's browser has a machine of its own: its turn on this one is not measured.
            hurry(Urgency.CALLS)
        if event["type"] == "hello" and event["data"].get("offer"):
            # Made while the page was away.
            event = {"type": "offer.made", "data": event["data"]["offer"]}
        if event["type"] == "offer.made" and event["data"]["id"] not in self.seen:
            self.seen[event["data"]["id"]] = datetime.now(UTC)
            self._inbox.put(event["data"]["id"])
        super()._take(event)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                offer_id = self._inbox.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                offer_id = None
            with suppress(*_TROUBLE):
                if offer_id is None:
                    self._come_back()
                else:
                    self._answer(offer_id)

    def _answer(self, offer_id: str) -> None:
        mood = self._chance.random()
        if mood > _ACCEPTED + _DECLINED:
            return
        if mood > _ACCEPTED:
            self.client.ask("POST", f"/offers/{offer_id}/decline", json={"reason": "busy"})
            return
        won = self.client.ask("POST", f"/offers/{offer_id}/accept").json()
        with suppress(*_TROUBLE):
            self.open_audio(won["audio_url"])
        self._stop.wait(self._chance.uniform(*_TALK_SECONDS))
        self.client.ask("POST", f"/calls/{won['call_id']}/hang-up")

    def _come_back(self) -> None:
        """Nothing rings: goes on duty again, and ends a talk whose hang-up was lost."""
        rows = self.client.rows("/lawyers")
        row = next(row for row in rows if row["id"] == self.client.user["id"])
        if row["state"] in _AWAY:
            self.go_on_duty()
        elif row["state"] == "talking" and row["call_id"]:
            self.client.ask("POST", f"/calls/{row['call_id']}/hang-up")
