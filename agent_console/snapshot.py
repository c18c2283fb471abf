"""The snapshot: everything a page shows when it opens, as it was right after one event.

Whoever resumes from the snapshot's seq misses nothing and sees nothing twice, because seq and rows
are read in one transaction.
"""

from datetime import datetime

from pydantic import Field

from asr.inventory import status
from hotline.events import last_seq
from hotline.views.access import FLOOR, LAWYER, STAFF, WATCHERS
from hotline.views.calls import CallShape, calls_going_on
from hotline.views.current_call import CurrentCall, current_call
from hotline.views.figures import Summary, summary
from hotline.views.insights import InsightShape, open_risks
from hotline.views.intakes import open_count
from hotline.views.parties import InvitationShape, open_invitation
from hotline.views.people import (
    LawyerShape,
    UserShape,
    lawyer_board,
    lawyer_shape,
    user_shape,
)
from hotline.views.reader import Reader, Shape
from hotline.views.speech import SpeechShape, speech_shapes
from hotline.views.waiting import OfferCard, QueueRow, open_offer, queue_rows


class Snapshot(Shape):
    """What a page needs; parts that are not for the reader's role are None or empty.

    Attributes:
        seq: The last event that is already in here.
        resumed: Always false; a resumed connection gets `Resumed` instead.
        me: The reader's own line of the board, for lawyers.
        offer: The caller who is being offered to the reader now.
        invitation: The call that a colleague asks the reader into now.
        call: The call the reader is in or is writing up.
        calls: Calls going on, for supervisors.
        speech: How each language is transcribed on this machine.
        risks: Dangers that nobody has acknowledged, for supervisors.
        summary: Figures of the day, for supervisors.
    """

    seq: int = Field(exclude=True)
    resumed: bool = False
    user: UserShape
    server_time: datetime
    me: LawyerShape | None
    lawyers: list[LawyerShape]
    queue: list[QueueRow]
    offer: OfferCard | None
    invitation: InvitationShape | None
    call: CurrentCall | None
    calls: list[CallShape]
    intakes_open: int
    speech: list[SpeechShape]
    risks: list[InsightShape]
    summary: Summary | None


class Resumed(Shape):
    """The hello of a connection that goes on where the page stopped."""

    resumed: bool = True
    user: UserShape
    server_time: datetime


def read_snapshot(reader: Reader) -> Snapshot:
    """Reads the snapshot for a signed-in reader, in the reader's session.

    The seq is read first: on PostgreSQL, whose statements each see the newest rows, the snapshot
    may then be newer than its seq, never older, and events that repeat it do no harm.
    """
    roles, user = reader.roles, reader.signed_in
    is_floor, is_lawyer = bool(roles & FLOOR), LAWYER in roles
    is_watcher = bool(roles & WATCHERS)
    seq = last_seq(reader.session)
    return Snapshot(
        seq=seq,
        user=user_shape(user),
        server_time=reader.house.clock.now(),
        me=lawyer_shape(reader, user.id) if is_lawyer else None,
        lawyers=lawyer_board(reader) if is_floor else [],
        queue=queue_rows(reader) if is_floor else [],
        offer=open_offer(reader, user.id) if is_lawyer else None,
        invitation=open_invitation(reader, user.id) if is_lawyer else None,
        call=current_call(reader),
        calls=calls_going_on(reader) if is_watcher else [],
        intakes_open=open_count(reader) if roles & STAFF else 0,
        speech=speech_shapes(status(reader.house.settings)),
        risks=open_risks(reader) if is_watcher else [],
        summary=summary(reader) if is_watcher else None,
    )
