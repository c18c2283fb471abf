"""A lawyer's SIP phone with pjsua2, run as a program: registers, is called, answers, hangs up.

    python tests/sipp/pjsua_phone.py --port 5060 --username wang --password ... --talk 0.3

It prints one JSON object a line: what happened. It ends after its call, or when it was refused, or
when its patience does; it signs off before. SIGUSR1 makes it hang up.
"""

import argparse
import json
import signal
import sys
import time
from typing import Any

import pjsua2 as pj

_EVENTS_MS = 10
_PRESS_SECONDS = 1.5


def say(what: str, **details: object) -> None:
    """Tells the test."""
    sys.stdout.write(json.dumps({"what": what, **details}) + "\n")
    sys.stdout.flush()


class Call(pj.Call):  # type: ignore[misc]  # pjsua2 is untyped
    """A call that came in."""

    def __init__(self, account: Any, call_id: int, *, player: Any, recorder: Any) -> None:
        super().__init__(account, call_id)
        self.answered_at: float | None = None
        self.is_over = False
        self._player = player
        self._recorder = recorder

    def onCallState(self, prm: Any) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.answered_at = time.monotonic()
            say("answered")
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.is_over = True
            say("ended", status=info.lastStatusCode)

    def onCallMediaState(self, prm: Any) -> None:
        if self._player is not None:
            audio = self.getAudioMedia(-1)
            self._player.startTransmit(audio)
            audio.startTransmit(self._recorder)


class Account(pj.Account):  # type: ignore[misc]  # pjsua2 is untyped
    """The lawyer's account."""

    def __init__(self, *, player: Any, recorder: Any) -> None:
        super().__init__()
        self.call: Call | None = None
        self.status = 0
        self._player = player
        self._recorder = recorder

    def onRegState(self, prm: Any) -> None:
        self.status = prm.code
        say("registration", status=prm.code, expires=prm.expiration)

    def onIncomingCall(self, prm: Any) -> None:
        self.call = Call(self, prm.callId, player=self._player, recorder=self._recorder)
        answer = pj.CallOpParam()
        answer.statusCode = 200
        self.call.answer(answer)


def main() -> None:
    """Is the phone that the command line describes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--username", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--talk", type=float, help="seconds until it hangs up; else it waits")
    parser.add_argument("--patience", type=float, default=10.0)
    parser.add_argument("--host", default="127.0.0.1", help="its own address")
    parser.add_argument("--press", default="", help="key to press while it talks")
    parser.add_argument("--play", help="WAV to say again and again")
    parser.add_argument("--record", help="WAV to write what is heard to, with --play")
    arguments = parser.parse_args()
    endpoint = _start(arguments.host)
    player = recorder = None
    if arguments.play:
        player, recorder = pj.AudioMediaPlayer(), pj.AudioMediaRecorder()
        player.createPlayer(arguments.play)
        recorder.createRecorder(arguments.record)
    account = Account(player=player, recorder=recorder)
    account.create(_config(arguments))

    def hang_up(*_: object) -> None:
        arguments.talk = 0.0

    signal.signal(signal.SIGUSR1, hang_up)
    _live(endpoint, account, arguments)
    # In this order, before the library goes: each holds something of the one before.
    account.call = None
    del account, player, recorder
    endpoint.libDestroy()


def _start(host: str) -> Any:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    # All callbacks in this thread, none of pjsua2's own.
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.logConfig.level = config.logConfig.consoleLevel = 0
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
    endpoint.libInit(config)
    transport = pj.TransportConfig()
    transport.boundAddress = host
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    return endpoint


def _config(arguments: argparse.Namespace) -> Any:
    config = pj.AccountConfig()
    config.idUri = f"sip:{arguments.username}@127.0.0.1:{arguments.port}"
    config.regConfig.registrarUri = f"sip:127.0.0.1:{arguments.port}"
    config.regConfig.timeoutSec = 120
    config.regConfig.retryIntervalSec = 0
    credentials = pj.AuthCredInfo("digest", "*", arguments.username, 0, arguments.password)
    config.sipConfig.authCreds.append(credentials)
    config.mediaConfig.transportConfig.boundAddress = arguments.host
    return config


def _live(endpoint: Any, account: Account, arguments: argparse.Namespace) -> None:
    deadline = time.monotonic() + arguments.patience
    pressed_at = 0.0
    while time.monotonic() < deadline:
        endpoint.libHandleEvents(_EVENTS_MS)
        if account.status >= 300:
            return
        call = account.call
        if call is None or call.answered_at is None:
            continue
        if call.is_over:
            break
        if arguments.press and time.monotonic() > pressed_at + _PRESS_SECONDS:
            # Again and again, as people do who are not heard at once.
            pressed_at = time.monotonic()
            call.dialDtmf(arguments.press)
        is_done = (
            arguments.talk is not None and time.monotonic() > call.answered_at + arguments.talk
        )
        if is_done:
            arguments.talk = None
            call.hangup(pj.CallOpParam(True))
    account.status = 0
    account.setRegistration(False)
    while account.status == 0 and time.monotonic() < deadline:
        endpoint.libHandleEvents(_EVENTS_MS)


if __name__ == "__main__":
    main()
