"""What a leg leaves behind in an engine: nothing, though the engine collects no cycles."""

import gc
import socket

from ivr.media.control import CloseLeg, Codec, OpenLeg
from ivr.media.engine import Engine, EngineConfiguration
from ivr.media.wire import Message
from tests.ports import free_port


def test_close_leg__leaves_no_cycles() -> None:
    first = free_port(count=4)
    configuration = EngineConfiguration(
        host="127.0.0.1",
        ports=range(first, first + 4),
        asr_address=None,
        rtp_timeout_seconds=30.0,
    )
    near, far = socket.socketpair()
    with near, far:
        engine = Engine(configuration, near)
        said: list[Message] = []

        def open_and_close(name: str) -> None:
            opening = OpenLeg(name, Codec.PCMA, 101, ("127.0.0.1", 9))
            # The way that commands take when they come from the control line.
            engine._switchboard.carry_out(opening, said.append)
            engine._switchboard.carry_out(CloseLeg(name), said.append)

        open_and_close("first")
        gc.collect()
        open_and_close("second")
        left = gc.collect()
        engine._close()

    assert len(said) == 4
    assert left == 0
