"""A page as the server knows it: agent_console/web/src/live/view.ts, as far as order matters."""

import json
from dataclasses import dataclass, field
from typing import Any

_LEGS = {"leg.ready": "ready", "leg.connected": "ready", "leg.closed": "closed"}
_AT_REST_NOT = ("talking", "holding", "wrap_up")


@dataclass
class Page:
    """What a lawyer's page knows after each message."""

    user_id: str
    seq: int = 0
    me: dict[str, Any] = field(default_factory=dict)
    lawyers: dict[str, Any] = field(default_factory=dict)
    queue: list[Any] = field(default_factory=list)
    offer: dict[str, Any] | None = None
    closed_offer: tuple[str, str] | None = None
    call: dict[str, Any] | None = None

    def begin(self, seq: int, snapshot: dict[str, Any]) -> None:
        """Begins with a snapshot."""
        self.seq = seq
        self.me = snapshot["me"]
        self.lawyers = {row["id"]: row for row in snapshot["lawyers"]}
        self.queue, self.offer, self.call = snapshot["queue"], snapshot["offer"], snapshot["call"]

    def hear(self, text: str) -> None:
        """Applies a message that the page does not hold yet."""
        message = json.loads(text)
        if message["seq"] <= self.seq:
            return
        self.seq = message["seq"]
        self._change(message["type"], message["data"])

    def shown(self) -> dict[str, Any]:
        """What is on the screen."""
        call = self.call and (self.call["id"], self.call["state"], self.call["ended_at"])
        return {
            "me": self.me,
            "lawyers": self.lawyers,
            "queue": self.queue,
            "offer": self.offer and self.offer["id"],
            "call": call,
        }

    def remembered(self) -> dict[str, Any]:
        """What only a page knows that was there all the time."""
        call = self.call or {}
        return {
            "closed_offer": self.closed_offer,
            "leg": (call.get("leg_id"), call.get("leg_state")),
            "earlier_contacts": call.get("earlier_contacts"),
        }

    def _change(self, kind: str, data: dict[str, Any]) -> None:
        match kind:
            case "lawyer.changed":
                self._change_lawyer(data)
            case "queue.changed":
                self.queue = data["queue"]
            case "offer.made":
                self.offer, self.closed_offer = data, None
            case "offer.closed":
                if self.offer is not None and self.offer["id"] == data["offer_id"]:
                    self.offer, self.closed_offer = None, (data["offer_id"], data["reason"])
            case "call.changed" | "call.ended":
                self._change_call(data)
            case "leg.ready" | "leg.connected" | "leg.closed":
                self._change_leg(kind, data)
            case _:
                pass

    def _change_lawyer(self, row: dict[str, Any]) -> None:
        self.lawyers[row["id"]] = row
        if row["id"] != self.user_id:
            return
        self.me = row
        is_other = self.call is not None and row["call_id"] != self.call["id"]
        if row["state"] not in _AT_REST_NOT and is_other:
            self.call = None

    def _change_call(self, row: dict[str, Any]) -> None:
        if self.call is not None and self.call["id"] == row["id"]:
            self.call |= row
        elif row["ended_at"] is None and self.me["call_id"] == row["id"]:
            is_offered = self.offer is not None and self.offer["call_id"] == row["id"]
            contacts = self.offer["earlier_contacts"] if self.offer and is_offered else 0
            self.call = {**row, "leg_id": None, "leg_state": None, "earlier_contacts": contacts}

    def _change_leg(self, kind: str, leg: dict[str, Any]) -> None:
        if self.call is None or self.call["id"] != leg["call_id"]:
            return
        if kind == "leg.closed" and self.call["leg_id"] != leg["leg_id"]:
            return
        self.call |= {"leg_id": leg["leg_id"], "leg_state": _LEGS[kind]}
