"""A caller by SIPp who presses keys, and speaks recorded clips once a lawyer listens."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.asr_clips import Clip
from hotline.g711 import A_LAW
from tests.sipp.capture import write_capture, write_key_capture
from tests.sipp.run import Sipp

# Mandarin, labour law: what every Mandarin lawyer of the demo serves. Later than what came before.
_KEYS = ((1, 0), (1, 40_000))
# The notice is over, or may be spoken over, by then; the menu wants its key after that.
_NOTICE_MS = 2000
_MENU_MS = 3000

_RATE_HZ = 8000
# A moment to settle after the answer, and the pause that ends each sentence.
_LEAD_SECONDS = 1.0
PAUSE_SECONDS = 1.5

# The MESSAGE is SIPp's cue and reaches nobody else.
_CUE = """\
MESSAGE sip:caller@{host}:{port} SIP/2.0\r
Via: SIP/2.0/UDP {host}:{own_port};branch=z9hG4bKcue\r
From: <sip:prompter@{host}>;tag=cue\r
To: <sip:caller@{host}>\r
Call-ID: {call_id}\r
CSeq: 1 MESSAGE\r
Content-Length: 0\r
\r
"""


class Caller:
    """One telephone that has called.

    Attributes:
        seconds: How long it speaks once it has begun.
    """

    def __init__(self, sipp: Sipp, *, seconds: float) -> None:
        self.seconds = seconds
        self._sipp = sipp

    def speak(self) -> None:
        """Tells SIPp that somebody listens."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as prompter:
            prompter.bind((self._sipp.source, 0))
            cue = _CUE.format(
                host=self._sipp.source,
                port=self._sipp.sip_port,
                own_port=prompter.getsockname()[1],
                call_id=self._sipp.call_id,
            )
            prompter.sendto(cue.encode(), (self._sipp.source, self._sipp.sip_port))

    def wait(self) -> None:
        """Waits until the hotline has hung up.

        Raises:
            AssertionError: The call did not go as a call should.
        """
        self._sipp.wait().check()


@contextmanager
def calling(
    port: int, clips: list[Clip], *, number: str, directory: Path, longest_seconds: float
) -> Iterator[Caller]:
    """A telephone that calls, chooses Mandarin and labour law, and waits for its cue.

    Args:
        port: The hotline's SIP port.
        clips: What is said, with pauses in between.
        number: The caller's.
        directory: Where the audio may lie meanwhile.
        longest_seconds: After which the call has failed.
    """
    capture = directory / f"{number}.pcap"
    lead, pause = (bytes(int(length * _RATE_HZ) * 2) for length in (_LEAD_SECONDS, PAUSE_SECONDS))
    pcm = lead + b"".join(clip.pcm + pause for clip in clips)
    write_capture(capture, bytes(A_LAW.encode(np.frombuffer(pcm, "<i2"))))
    keys = [directory / f"{number}-{place}.pcap" for place in range(len(_KEYS))]
    for path, (key, timestamp) in zip(keys, _KEYS, strict=True):
        write_key_capture(path, key, timestamp=timestamp)
    variables = {
        "CALLER": number,
        "NOTICE_MS": _NOTICE_MS,
        "FIRST_KEY": keys[0],
        "MENU_MS": _MENU_MS,
        "SECOND_KEY": keys[1],
        "SPEECH": capture,
    }
    with Sipp(
        "caller_told_to_speak", port=port, variables=variables, timeout_seconds=longest_seconds
    ) as sipp:
        yield Caller(sipp, seconds=len(pcm) / 2 / _RATE_HZ)
