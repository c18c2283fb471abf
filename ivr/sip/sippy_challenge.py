"""An outbound call that can prove who we are.

sippy answers the first challenge that it understands, once, and only for the INVITE; here the
strongest is answered, a stale nonce is no refusal, and what follows in the call is proven too, as
proxies want it (RFC 3261 section 22.3).
"""

import secrets
from typing import Any

from sippy.SipHeader import SipHeader
from sippy.UacStateTrying import UacStateTrying

from ivr.sip.digest import Challenge, Credentials, authorize, strongest, write_authorization
from ivr.sip.sippy_dialog import Dialog
from ivr.sip.sippy_loop import LOOP

_CNONCE_BYTES = 8
# A proxy and a server may each want a proof.
_MOST_GOODBYES = 2


class ProvenDialog(Dialog):
    """An outbound call's signalling.

    Args:
        credentials: Who we are to the trunk; None: challenges are refusals.
        *args: Of `Dialog`.
        **kwargs: Of `Dialog`.
    """

    def __init__(self, *args: Any, credentials: Credentials | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._credentials = credentials
        # By the header that the proof goes into: a proxy and a server may both ask.
        self._challenges: dict[str, Challenge] = {}
        self._nonce_counts: dict[str, int] = {}
        self._stale_count = 0
        self._goodbyes = 0

    def processChallenge(
        self, resp: Any, cseq: int, ch_hfname: str, auth_hfname: str, extra_headers: Any
    ) -> bool:
        """Sends the INVITE again with a proof; False if there is none to give."""
        challenge = strongest(str(body) for body in resp.getHFBodys(ch_hfname))
        if challenge is None or self._credentials is None:
            return False
        if auth_hfname in self._challenges:
            self._stale_count += 1
            if not challenge.is_stale or self._stale_count > 1:
                return False
        self._challenges[auth_hfname] = challenge
        self._nonce_counts[auth_hfname] = 0
        del self.reqs[cseq]
        # sippy acknowledges the challenge when this returns, and nothing must overtake that.
        LOOP.post(self._invite_again, extra_headers)
        return True

    def prove(self, resp: Any) -> bool:
        """Takes up the challenge of a request inside the call; False if there is no new one."""
        is_proxy = resp.getSCode()[0] == 407
        header = "proxy-authorization" if is_proxy else "authorization"
        asked = resp.getHFBodys("proxy-authenticate" if is_proxy else "www-authenticate")
        challenge = strongest(str(body) for body in asked)
        if challenge is None or self._credentials is None:
            return False
        if challenge == self._challenges.get(header):
            # It has had this proof, and does not believe it.
            return False
        self._challenges[header] = challenge
        self._nonce_counts[header] = 0
        return True

    def newTransaction(self, req: Any, *args: Any, **kwargs: Any) -> Any:
        """Sends a request of this call; a goodbye that is challenged is said again."""
        if req.getMethod() == "BYE":
            kwargs.setdefault("resp_cb", self._goodbye_answered)
        return super().newTransaction(req, *args, **kwargs)

    def _goodbye_answered(self, resp: Any) -> None:
        is_challenge = resp.getSCode()[0] in (401, 407)
        if is_challenge and self._goodbyes < _MOST_GOODBYES and self.prove(resp):
            self._goodbyes += 1
            LOOP.post(self._say_goodbye_again)

    def _say_goodbye_again(self) -> None:
        self.newTransaction(self.genRequest("BYE"))

    def _invite_again(self, extra_headers: Any) -> None:
        if not isinstance(self.state, UacStateTrying):
            return
        request = self.genRequest("INVITE", self.lSDP, extra_headers=extra_headers)
        self.newUacTransaction(request, req_extra_headers=extra_headers)

    def genRequest(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """A request of this call, with a proof once one was asked for."""
        request = super().genRequest(method, *args, **kwargs)
        for header, challenge in self._challenges.items():
            if self._credentials is not None:
                self._nonce_counts[header] += 1
                proof = authorize(
                    challenge,
                    self._credentials,
                    method=method,
                    uri=str(request.getRURI()),
                    nonce_count=self._nonce_counts[header],
                    cnonce=secrets.token_hex(_CNONCE_BYTES),
                )
                request.appendHeader(SipHeader(name=header, bodys=write_authorization(proof)))
        return request
