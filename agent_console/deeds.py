"""What a page asks for over its web socket, done in one transaction each."""

import logging
from typing import assert_never

from starlette.websockets import WebSocket

from agent_console import protocol
from agent_console.client import Member
from agent_console.protocol import AcceptOffer, AcknowledgeOffer, DeclineOffer
from hotline.errors import HotlineError
from hotline.house import House
from hotline.queueing import offers
from hotline.views.waiting import accepted_shape
from hotline.web.addresses import audio_address
from hotline.web.problems import status_of

log = logging.getLogger(__name__)

Deed = AcknowledgeOffer | AcceptOffer | DeclineOffer


class Deeds:
    """Does what one page asks for; blocking, to be called in a thread."""

    def __init__(self, house: House, socket: WebSocket, member: Member) -> None:
        self._house = house
        self._socket = socket
        self._member = member

    def do(self, deed: Deed) -> str | None:
        """Does one deed.

        Returns:
            The answer to send; None for deeds that have none.
        """
        try:
            data = self._carry_out(deed)
        except HotlineError as error:
            status, code = status_of(error)
            return self._refusal(deed, status=status, title=code, detail=str(error))
        except Exception:
            log.exception("deed failed", extra={"deed": deed.__class__.__name__})
            return self._refusal(deed, status=500, title="internal", detail="It did not work.")
        return None if isinstance(deed, AcknowledgeOffer) else protocol.reply(deed.request, data)

    def _carry_out(self, deed: Deed) -> protocol.Data:
        user_id = self._member.user_id
        with self._house.database.session() as session:
            match deed:
                case AcknowledgeOffer(offer_id=offer_id):
                    offers.acknowledge(session, self._house, offer_id, user_id)
                    return {}
                case DeclineOffer(offer_id=offer_id, reason=reason):
                    offers.decline(session, self._house, offer_id, user_id, note=reason)
                    return {}
                case AcceptOffer(offer_id=offer_id):
                    won = offers.accept(session, self._house, offer_id, user_id)
                    address = audio_address(
                        self._socket,
                        self._house.settings,
                        leg=won.leg_id,
                        token=won.leg_token,
                    )
                    return accepted_shape(won, audio_url=address).model_dump(mode="json")
                case _:
                    assert_never(deed)

    def _refusal(self, deed: Deed, *, status: int, title: str, detail: str) -> str:
        if isinstance(deed, AcknowledgeOffer):
            return protocol.complaint(detail)
        return protocol.refusal(deed.request, status=status, title=title, detail=detail)
