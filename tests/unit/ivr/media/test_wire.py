import json
from dataclasses import fields

import pytest
from hypothesis import given, settings, strategies as st

from ivr.media.control import (
    CloseLeg,
    Codec,
    OpenLeg,
    Play,
    ReportStatistics,
    SetGains,
    SetRecordingLeg,
    StartFork,
    StartRecording,
    Stop,
    StopFork,
    StopPlaying,
    StopRecording,
    UpdateLeg,
)
from ivr.media.errors import MessageUnreadable
from ivr.media.telling import (
    Digit,
    Done,
    EngineStatistics,
    LegHeard,
    LegSilent,
    PromptFinished,
    RecordingStopped,
    Refused,
)
from ivr.media.wire import Message, decode, encode

# A busy machine is no fault of the code.
UNHURRIED = settings(deadline=None)

MESSAGES: list[Message] = [
    OpenLeg("leg_1", Codec.PCMA, 101, ("192.0.2.1", 4000)),
    OpenLeg("leg_1", Codec.PCMU, None, None, 4011),
    OpenLeg("leg_1", Codec.PCMA, None, None, source=0xFFFF_FFFF),
    UpdateLeg("leg_1", Codec.PCMA, 96, ("192.0.2.1", 4000), False),
    CloseLeg("leg_1"),
    Play("leg_1", 7, ("/prompts/a.wav", "/prompts/欢迎.wav"), True, False),
    StopPlaying("leg_1"),
    SetGains((("leg_1", "leg_2", 1.0), ("leg_2", "leg_1", 0.5))),
    StartRecording("rec_1", "/recordings/rec_1.wav", "leg_1", None),
    SetRecordingLeg("rec_1", None, "leg_2", ("leg_3", "leg_4")),
    StopRecording("rec_1"),
    StartFork("leg_1", 12, "rec_1"),
    StopFork("leg_1"),
    ReportStatistics(),
    Stop(),
    Done(20000),
    Done(),
    Refused("NoPortFree", "Every RTP port of the range is in use."),
    EngineStatistics(1, 2, 3, 4, 5, 6, 0.5, 1.5, 0, 2.5, 1 << 24),
    Digit("leg_1", "#"),
    PromptFinished("leg_1", 7, True),
    LegSilent("leg_1", 30.0),
    LegHeard("leg_1"),
    RecordingStopped("rec_1", 12.34, None),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_decode__gives_the_message_back(message: Message) -> None:
    decoded, request = decode(encode(message, request=5))

    assert decoded == message
    assert request == 5
    for field in fields(decoded):
        assert type(getattr(decoded, field.name)) is type(getattr(message, field.name))


def test_encode__an_event_has_no_request() -> None:
    assert decode(encode(LegHeard("leg_1"))) == (LegHeard("leg_1"), None)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"type": "Unheard"},
        {"type": "CloseLeg"},
        {"type": "CloseLeg", "leg": "leg_1", "more": 1},
        {"type": "OpenLeg", "leg": "a", "codec": 9, "telephone_event": None, "remote": None},
        {"type": "OpenLeg", "leg": "a", "codec": 8, "telephone_event": None, "remote": ["a"]},
        {"type": "SetGains", "gains": [["a", "b"]]},
        [],
        "CloseLeg",
        None,
    ],
)
def test_decode__refuses(values: object) -> None:
    with pytest.raises(MessageUnreadable):
        decode(json.dumps(values).encode())


@UNHURRIED
@given(st.binary(max_size=100))
def test_decode__raises_nothing_else(data: bytes) -> None:
    with pytest.raises(MessageUnreadable):
        decode(data)
