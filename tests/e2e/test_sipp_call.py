"""A call from SIPp: keys by RFC 4733, human speech as RTP, a lawyer on the real WebSocket."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from hotline.g711 import A_LAW
from tests.e2e.audio import clarity, read_wav
from tests.e2e.conftest import PROMPTS
from tests.e2e.headless import HeadlessLawyer
from tests.e2e.hush import listening
from tests.e2e.peers import eventually
from tests.e2e.stack import Stack, started
from tests.postgresql import create_database, running_server
from tests.sipp.capture import write_capture
from tests.sipp.run import Sipp

# A stack may have to be started, and others may listen meanwhile (tests/e2e/hush.py).
pytestmark = pytest.mark.timeout(900)

KEYS = Path("/usr/share/sip-tester")
# Somebody says that it is about applying for legal aid.
ASKED = PROMPTS / "audio/zh/topic_legal_aid.wav"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A hotline on PostgreSQL, as one that has outgrown its machine."""
    with running_server() as server:
        url = create_database(server, "hotline")
        directory = tmp_path_factory.mktemp("postgresql")
        stack = Stack(directory, HOTLINE_DATABASE_URL=url, HOTLINE_ASR_ENGINES="zh=whisper")
        with started(stack.in_a_hurry()) as stack:
            yield stack


def test_sipp_caller__chooses_speaks_and_is_heard(
    stack: Stack, caller_clips: list[tuple[Path, str]], tmp_path: Path
) -> None:
    speech = read_wav(caller_clips[3][0])[0][:, 0]
    pause = np.zeros(8000)
    # Again and again: SIPp speaks by the clock, whenever the lawyer is there.
    repeated = np.tile(np.concatenate([read_wav(ASKED)[0][:, 0], pause, speech, pause]), 4)
    write_capture(tmp_path / "say.pcap", A_LAW.encode((repeated * 32767).astype(np.int16)))
    variables = {
        "CALLER": "13600001111",
        "NOTICE_MS": 500,
        "FIRST_KEY": KEYS / "dtmf_2833_1.pcap",
        "MENU_MS": 1500,
        "SECOND_KEY": KEYS / "dtmf_2833_2.pcap",
        "QUEUE_MS": 4000,
        "SPEECH": tmp_path / "say.pcap",
    }
    with (
        HeadlessLawyer(stack, "lawyer1") as lawyer,
        Sipp(
            "speaking_caller", port=stack.sip_port, variables=variables, timeout_seconds=120
        ) as sipp,
    ):
        lawyer.go_on_duty()
        call_id = lawyer.accept(timeout_seconds=60)["call_id"]
        with listening():
            eventually(
                lambda: clarity(lawyer.heard(), speech[:16000]) > 0.8,
                what="the caller's words in the lawyer's ear",
                timeout_seconds=60,
            )
        lawyer.client.ask("POST", f"/calls/{call_id}/hang-up")
        sipp.wait().check()
        call = lawyer.client.get(f"/calls/{call_id}")
        assert (call["language"], call["topic"]) == ("zh", "family")
        transcript = eventually(
            lambda: lawyer.client.get(f"/calls/{call_id}/transcript")["segments"],
            what="the transcript",
            timeout_seconds=180,
        )
        assert {row["speaker"] for row in transcript} == {"caller"}
        proposal = eventually(
            lambda: next(
                (
                    event["data"]
                    for event in lawyer.events
                    if event["type"] == "insight.changed" and event["data"]["kind"] == "topic"
                ),
                None,
            ),
            what="a topic proposed on the lawyer's page",
            timeout_seconds=180,
        )
        assert (proposal["call_id"], proposal["key"]) == (call_id, "legal_aid_guide")
        words = lawyer.client.get(f"/calls/{call_id}/transcript")["segments"]
        assert any(
            proposal["quote"] in row["text"]
            and row["start_ms"] <= proposal["start_ms"] < proposal["end_ms"] <= row["end_ms"]
            for row in words
        ), (proposal, words)


def test_readyz__tells_of_the_trunk_of_the_telephone_process(stack: Stack) -> None:
    def trunks() -> object:
        answer = httpx.get(f"{stack.url}/readyz", timeout=10, verify=stack.trust or True)
        return answer.json()["trunks"]

    told = eventually(trunks, what="a word of the telephone process", timeout_seconds=60)

    assert isinstance(told, list)
    assert [trunk["node"].rpartition(":")[2] for trunk in told] == [str(stack.sip_port)]
