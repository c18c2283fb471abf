"""Calling back: a wish from the citizen's page and one by key are kept, over a real trunk."""

import os
import signal
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import numpy as np
import pytest

from tests.e2e.audio import clarity, read_wav, resampled, speech_like
from tests.e2e.client import Client
from tests.e2e.headless import HeadlessLawyer
from tests.e2e.hush import listening
from tests.e2e.peers import Telephone, eventually
from tests.e2e.stack import Stack, free_ports

# A stack may have to be started, and others may listen meanwhile (tests/e2e/hush.py).
pytestmark = pytest.mark.timeout(900)

NUMBER = "13912340000"


@pytest.fixture
def lawyer(stack: Stack) -> Iterator[HeadlessLawyer]:
    with HeadlessLawyer(stack, "lawyer1") as lawyer:
        yield lawyer


def ask_on_the_page(stack: Stack, number: str) -> dict[str, Any]:
    """What the citizen's page sends."""
    # A time of one's own choice is kept at night, too: the test runs at any hour.
    begin = datetime.now(UTC)
    body = {
        "number": number,
        "language": "zh",
        "topic": "labour",
        "window_from": begin.isoformat(),
        "window_to": (begin + timedelta(hours=2)).isoformat(),
        "consent": True,
    }
    answer = httpx.post(
        f"{stack.url}/api/v1/callbacks", json=body, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    assert answer.status_code == 201, answer.text
    wish: dict[str, Any] = answer.json()
    return wish


def state_of(stack: Stack, wish: dict[str, Any]) -> str:
    answer = httpx.get(
        f"{stack.url}/api/v1/callbacks/{wish['id']}", params={"token": wish["token"]}
    )
    return str(answer.json()["state"])


def await_talk(reader: Client, call_id: str) -> None:
    """Waits until caller and lawyer hear each other."""
    eventually(
        lambda: reader.get(f"/calls/{call_id}")["state"] == "talking",
        what="the talk",
        timeout_seconds=60,
    )


def test_wish_from_the_page__is_dialled_when_a_lawyer_accepts(
    stack: Stack, lawyer: HeadlessLawyer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    heard = tmp_path_factory.mktemp("citizen") / "heard.wav"
    voice = speech_like(seconds=8, rate=8000, seed=3)
    with Telephone(port=stack.trunk_port, number=NUMBER, save=heard) as citizen:
        wish = ask_on_the_page(stack, NUMBER)
        lawyer.go_on_duty()
        call_id = lawyer.accept()["call_id"]
        citizen.wait_for("incoming", timeout_seconds=60)
        citizen.say("answer")
        citizen.wait_for("confirmed")
        eventually(lambda: state_of(stack, wish) == "connected", what="the kept promise")
        await_talk(lawyer.client, call_id)
        with listening():
            # Again, for while the machine stands still voices are lost.
            lawyer.say(np.concatenate([voice, voice]))
            eventually(lambda: not lawyer._speech, what="the lawyer's words", timeout_seconds=60)
        lawyer.client.ask("POST", f"/calls/{call_id}/hang-up")
        citizen.wait_for("disconnected", timeout_seconds=60)
    samples, rate = read_wav(heard)
    assert clarity(resampled(samples[:, 0], rate=rate, to=8000), voice[8000:40000]) > 0.8


def test_talk_that_our_death_cuts_off__is_taken_up_again(
    stack: Stack, lawyer: HeadlessLawyer, supervisor: Client
) -> None:
    with Telephone(port=stack.trunk_port, number="13912340003") as citizen:
        citizen.say(f"call sip:12348@127.0.0.1:{stack.sip_port}")
        citizen.wait_for("confirmed")
        eventually(lambda: supervisor.rows("/calls")[0]["state"] == "menu", what="the menu")
        citizen.say("digit 0")
        lawyer.go_on_duty()
        call_id = lawyer.accept()["call_id"]
        await_talk(supervisor, call_id)
        telephone_process = stack.process("ivr")
        assert telephone_process is not None
        os.kill(telephone_process, signal.SIGKILL)
        eventually(lambda: lawyer.state() == "wrap_up", what="time to write up", timeout_seconds=60)
        call = supervisor.get(f"/calls/{call_id}")
        assert (call["state"], call["end_reason"]) == ("ended", "ivr_restarted")
        citizen.say("hangup")
        citizen.wait_for("disconnected", timeout_seconds=60)
        with HeadlessLawyer(stack, "lawyer3") as next_lawyer:
            next_lawyer.go_on_duty()
            again = next_lawyer.accept()["call_id"]
            citizen.wait_for("incoming", timeout_seconds=60)
            citizen.say("answer")
            await_talk(supervisor, again)
            next_lawyer.client.ask("POST", f"/calls/{again}/hang-up")
            citizen.wait_for("disconnected", timeout_seconds=60)


def test_wish_by_key__keeps_the_place_and_ends_the_call(stack: Stack, supervisor: Client) -> None:
    with Telephone(port=free_ports(1)[0], number="13912340001") as phone:
        phone.say(f"call sip:12348@127.0.0.1:{stack.sip_port}")
        phone.wait_for("confirmed")
        eventually(lambda: supervisor.rows("/calls")[0]["state"] == "menu", what="the menu")
        phone.say("digit 0")
        eventually(lambda: supervisor.rows("/queue"), what="the place", timeout_seconds=60)
        (place,) = supervisor.rows("/queue")
        phone.say("digit 1")
        phone.say("digit 1")  # this number it is
        phone.wait_for("disconnected", timeout_seconds=60)
    (kept,) = supervisor.rows("/queue")
    assert (kept["id"], kept["kind"]) == (place["id"], "callback")
    assert supervisor.rows("/calls")[0]["end_reason"] == "callback_booked"


def test_same_request_twice__is_one_wish(stack: Stack) -> None:
    body = {"number": "13912340002", "language": "zh", "topic": None, "consent": True}
    answers = [
        httpx.post(
            f"{stack.url}/api/v1/callbacks", json=body, headers={"Idempotency-Key": "the-same-key"}
        ).json()
        for _ in range(2)
    ]
    assert answers[0]["id"] == answers[1]["id"]
