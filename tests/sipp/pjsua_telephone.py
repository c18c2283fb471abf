"""One call with pjsua2, run as a program.

    python tests/sipp/pjsua_telephone.py --port 5060 --digits 1,2 --play say.wav --record heard.wav

It prints one JSON object a line: what happened and when, in seconds since dialling.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pjsua2 as pj

Say = Callable[..., None]
Step = tuple[float, Callable[[], None]]

_EVENTS_MS = 10


class Telephone(pj.Call):  # type: ignore[misc]  # pjsua2 is untyped
    """A call that says what happens to it."""

    def __init__(self, account: Any, *, player: Any, recorder: Any, say: Say) -> None:
        super().__init__(account)
        self.answered_at: float | None = None
        self.is_over = False
        self._player = player
        self._recorder = recorder
        self._say = say

    def onCallState(self, prm: Any) -> None:
        info = self.getInfo()
        self._say("state", state=info.stateText, status=info.lastStatusCode)
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.answered_at = time.monotonic()
            self._say("answered")
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._say("ended", status=info.lastStatusCode, reason=info.lastReason)
            self.is_over = True

    def onCallMediaState(self, prm: Any) -> None:
        # Held by name: its list of media is freed with it.
        info = self.getInfo()
        for index, media in enumerate(info.media):
            active = media.status == pj.PJSUA_CALL_MEDIA_ACTIVE
            self._say("media", active=active, direction=media.dir)
            if media.type == pj.PJMEDIA_TYPE_AUDIO and active:
                self._connect(self.getAudioMedia(index))

    def _connect(self, audio: Any) -> None:
        if self._player is not None:
            self._player.startTransmit(audio)
        if self._recorder is not None:
            audio.startTransmit(self._recorder)


def main() -> None:
    """Makes the call that the command line describes."""
    arguments = _parse()
    began_at = time.monotonic()

    def say(what: str, **details: object) -> None:
        line = {"what": what, "at": round(time.monotonic() - began_at, 3), **details}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    endpoint = _start(codec=arguments.codec)
    player = recorder = None
    if arguments.play:
        player = pj.AudioMediaPlayer()
        player.createPlayer(arguments.play)
    if arguments.record:
        recorder = pj.AudioMediaRecorder()
        recorder.createRecorder(arguments.record)
    config = pj.AccountConfig()
    config.idUri = f"sip:{arguments.from_number}@{arguments.host}"
    if arguments.session_seconds:
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_REQUIRED
        config.callConfig.timerSessExpiresSec = arguments.session_seconds
    account = pj.Account()
    account.create(config)
    telephone = Telephone(account, player=player, recorder=recorder, say=say)
    telephone.makeCall(
        f"sip:{arguments.to}@{arguments.host}:{arguments.port}", pj.CallOpParam(True)
    )
    _follow(endpoint, telephone, arguments, say)
    # In this order, before the library goes: each holds something of the one before.
    del telephone, account, player, recorder
    endpoint.libDestroy()


def _start(*, codec: str) -> Any:
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
    transport.boundAddress = "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    endpoint.libStart()
    endpoint.audDevManager().setNullDev()
    for each in endpoint.codecEnum2():
        endpoint.codecSetPriority(each.codecId, 255 if each.codecId.startswith(codec) else 0)
    return endpoint


def _follow(endpoint: Any, telephone: Telephone, arguments: argparse.Namespace, say: Say) -> None:
    """Lets the call run its course: keys, hold, goodbye."""
    plan = _plan(telephone, arguments, say)
    deadline = time.monotonic() + arguments.patience
    while not telephone.is_over and time.monotonic() < deadline:
        endpoint.libHandleEvents(_EVENTS_MS)
        if telephone.answered_at is None:
            continue
        elapsed = time.monotonic() - telephone.answered_at
        while plan and elapsed >= plan[0][0]:
            plan.pop(0)[1]()
    endpoint.libHandleEvents(_EVENTS_MS)


def _plan(telephone: Telephone, arguments: argparse.Namespace, say: Say) -> list[Step]:
    """What to do how many seconds after the answer."""

    def press(digit: str) -> None:
        telephone.dialDtmf(digit)
        say("pressed", digit=digit)

    def hold() -> None:
        telephone.setHold(pj.CallOpParam(True))
        say("held")

    def resume() -> None:
        parameters = pj.CallOpParam(True)
        parameters.opt.flag = pj.PJSUA_CALL_UNHOLD
        telephone.reinvite(parameters)
        say("resumed")

    def hang_up() -> None:
        telephone.hangup(pj.CallOpParam(True))
        say("hung up")

    digits = arguments.digits.replace(",", "")
    plan: list[Step] = [
        ((index + 1) * arguments.digit_seconds, partial(press, digit))
        for index, digit in enumerate(digits)
    ]
    if arguments.hold_after is not None:
        plan += [(arguments.hold_after, hold), (arguments.hold_after + 1, resume)]
    plan.append((arguments.seconds, hang_up))
    return sorted(plan, key=lambda step: step[0])


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", default="12348")
    parser.add_argument("--from", dest="from_number", default="13800001234")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--digits", default="")
    parser.add_argument("--digit-seconds", type=float, default=1.0)
    parser.add_argument("--play")
    parser.add_argument("--record")
    parser.add_argument("--codec", default="PCMA")
    parser.add_argument("--hold-after", type=float)
    parser.add_argument("--session-seconds", type=int)
    parser.add_argument("--patience", type=float, default=120.0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
