"""A telephone of foreign make (pjsua2), driven by lines on standard input.

Run as a process of its own: PJSIP allows one library instance per process and has threads of its
own. Commands: ``call sip:12348@127.0.0.1:5060``, ``digit 1``, ``play FILE`` (8 or 16 kHz mono WAV,
once), ``answer`` (the call that rings), ``hangup``, ``quit``. Events, one per line: ``ringing``,
``incoming``, ``confirmed``, ``disconnected CODE``.
"""

import argparse
import queue
import sys
import threading
from collections.abc import Callable

import pjsua2 as pj

_POLL_MS = 20


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Call(pj.Call):  # type: ignore[misc]  # SWIG classes are untyped
    def __init__(self, account: pj.Account, phone: "Phone", call_id: int = -1) -> None:
        super().__init__(account, call_id)
        self._phone = phone

    def onCallState(self, _parameter: object) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY:
            tell("ringing")
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            tell("confirmed")
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            tell(f"disconnected {info.lastStatusCode}")
            self._phone.forget_call()

    def onCallMediaState(self, _parameter: object) -> None:
        # Held by name: its list of media is freed with it.
        info = self.getInfo()
        for number, media in enumerate(info.media):
            is_active = media.status == pj.PJSUA_CALL_MEDIA_ACTIVE
            if media.type == pj.PJMEDIA_TYPE_AUDIO and is_active:
                self._phone.connect(self.getAudioMedia(number))


class Account(pj.Account):  # type: ignore[misc]  # SWIG classes are untyped
    def __init__(self, phone: "Phone") -> None:
        super().__init__()
        self._phone = phone

    def onIncomingCall(self, parameter: pj.OnIncomingCallParam) -> None:
        self._phone.ring(Call(self, self._phone, parameter.callId))
        tell("incoming")


class Phone:
    def __init__(self, *, port: int, number: str, save: str | None) -> None:
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.logConfig.level = config.logConfig.consoleLevel = 0
        config.medConfig.clockRate = config.medConfig.sndClockRate = 16000
        # Echo cancellation and silence detection would change what the test compares.
        config.medConfig.ecTailLen = 0
        config.medConfig.noVad = True
        self._endpoint.libInit(config)
        transport = pj.TransportConfig()
        transport.port = port
        transport.boundAddress = transport.publicAddress = "127.0.0.1"
        self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self._endpoint.libStart()
        self._endpoint.audDevManager().setNullDev()
        for codec in self._endpoint.codecEnum2():
            self._endpoint.codecSetPriority(codec.codecId, 255 if "PCMA" in codec.codecId else 0)
        account = pj.AccountConfig()
        account.idUri = f"sip:{number}@127.0.0.1"
        account.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        self._account = Account(self)
        self._account.create(account)
        self._recorder = None
        if save is not None:
            self._recorder = pj.AudioMediaRecorder()
            self._recorder.createRecorder(save)
        self._player: pj.AudioMediaPlayer | None = None
        self._media: pj.AudioMedia | None = None
        self._call: Call | None = None
        self._forgotten: list[Call] = []

    def connect(self, media: pj.AudioMedia) -> None:
        self._media = media
        if self._recorder is not None:
            media.startTransmit(self._recorder)

    def ring(self, call: Call) -> None:
        self._call = call

    def forget_call(self) -> None:
        # Kept until quitting: PJSIP must not see its object destroyed inside its own callback.
        if self._call is not None:
            self._forgotten.append(self._call)
        self._call = self._media = None

    def call(self, uri: str) -> None:
        self._call = Call(self._account, self)
        self._call.makeCall(uri, pj.CallOpParam(True))

    def digit(self, digit: str) -> None:
        if self._call is not None:
            self._call.dialDtmf(digit)

    def play(self, path: str) -> None:
        self._player = pj.AudioMediaPlayer()
        self._player.createPlayer(path, pj.PJMEDIA_FILE_NO_LOOP)
        if self._media is not None:
            self._player.startTransmit(self._media)

    def answer(self, _argument: str = "") -> None:
        if self._call is not None:
            parameter = pj.CallOpParam()
            parameter.statusCode = 200
            self._call.answer(parameter)

    def hangup(self, _argument: str = "") -> None:
        if self._call is not None:
            self._call.hangup(pj.CallOpParam())

    def poll(self) -> None:
        self._endpoint.libHandleEvents(_POLL_MS)

    def quit(self) -> None:
        self._player = self._recorder = None
        self._forgotten.clear()
        self._call = None
        self._endpoint.libDestroy()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--number", default="13800001111")
    parser.add_argument("--save")
    options = parser.parse_args()
    phone = Phone(port=options.port, number=options.number, save=options.save)
    commands: dict[str, Callable[[str], None]] = {
        "call": phone.call,
        "digit": phone.digit,
        "play": phone.play,
        "answer": phone.answer,
        "hangup": phone.hangup,
    }
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line.strip())
        lines.put("quit")

    threading.Thread(target=read, daemon=True).start()
    tell("ready")
    while True:
        phone.poll()
        try:
            name, _, argument = lines.get_nowait().partition(" ")
        except queue.Empty:
            continue
        if name == "quit":
            break
        commands[name](argument)
    phone.quit()


if __name__ == "__main__":
    main()
