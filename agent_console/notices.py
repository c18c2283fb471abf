"""What pages are told that is not one row: their data in `agent_console.protocol`."""

from hotline.views.reader import Shape
from hotline.views.transcripts import StreamShape
from hotline.views.waiting import QueueRow


class Queue(Shape):
    """The whole queue, in the order of service."""

    queue: list[QueueRow]


class OfferClosed(Shape):
    """An offer is over; `reason` is accepted, or hotline.queueing.rules.CloseReason."""

    offer_id: str
    reason: str


class InvitationClosed(Shape):
    """An invitation is over; `reason` is accepted, or why."""

    invitation_id: str
    reason: str


class Speech(Shape):
    """How the sides of a call are being transcribed."""

    call_id: str
    streams: list[StreamShape]


class ShiftChanged(Shape):
    """Something about a shift, its seats or their swaps."""

    shift_id: str
