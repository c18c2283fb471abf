"""A talk taken in hand: hold, a third party on the trunk, supervision, and a blind transfer."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.e2e.audio import Samples, clarity, read_wav, resampled, speech_like, write_wav
from tests.e2e.headless import HeadlessLawyer
from tests.e2e.hush import listening
from tests.e2e.peers import Telephone, eventually
from tests.e2e.stack import Stack, free_ports

# A stack may have to be started, and others may listen meanwhile (tests/e2e/hush.py).
pytestmark = pytest.mark.timeout(900)

_RATE = 8000
# What was said is found again surely above this, and surely not below that.
_HEARD, _UNHEARD = 0.4, 0.2
_SAY_AGAIN_SECONDS = 6.0


def words(seed: int) -> Samples:
    """Two seconds that sound like no others."""
    return speech_like(seconds=2, rate=_RATE, seed=seed)


def certainty(heard: Samples, seed: int) -> float:
    """How surely the words of a seed are in what was heard, 0 to 1."""
    return clarity(heard, words(seed)[2000:14000])


@dataclass
class Scene:
    """One call with everybody who can have a part in it."""

    stack: Stack
    lawyer: HeadlessLawyer
    supervisor: HeadlessLawyer
    caller: Telephone
    third: Telephone
    directory: Path
    call_id: str = ""

    def ask(self, what: str, *, by: HeadlessLawyer | None = None, **body: Any) -> dict[str, Any]:
        """Asks for something to be done to the call."""
        method, _, path = what.partition(" ")
        client = (by or self.lawyer).client
        answer: dict[str, Any] = client.ask(
            method, f"/calls/{self.call_id}/{path}", json=body or None
        ).json()
        return answer

    def call(self) -> dict[str, Any]:
        """The call as the supervisor sees it."""
        row: dict[str, Any] = self.supervisor.client.get(f"/calls/{self.call_id}")
        return row

    def await_state(self, state: str) -> None:
        """Waits until the call is there."""
        eventually(lambda: self.call()["state"] == state, what=f"the call to be {state}")

    def await_party(self, party_id: str, state: str) -> None:
        """Waits until a party is there."""
        eventually(
            lambda: any(
                party["id"] == party_id and party["state"] == state
                for party in self.call()["parties"]
            ),
            what=f"the party to be {state}",
        )

    def say(self, seed: int, *, by: HeadlessLawyer) -> None:
        """A lawyer or a supervisor says the words of a seed, to their end, three times.

        Who is not heard well says it again: while the machine stands still, voices are lost. What
        must not be heard is said as often.
        """
        pause = np.zeros(_RATE // 2)
        by.say(np.concatenate([words(seed), pause, words(seed), pause, words(seed)]))
        eventually(lambda: not by._speech, what="the words to be said")

    def play(self, seed: int, phone: Telephone, *, to: HeadlessLawyer | None = None) -> None:
        """A telephone says the words of a seed; waits until somebody has heard them."""
        path = self.directory / f"{seed}.wav"
        write_wav(path, words(seed), rate=_RATE)
        phone.say(f"play {path}")
        if to is None:
            return
        said_at = time.monotonic()

        def is_heard() -> bool:
            nonlocal said_at
            if time.monotonic() > said_at + _SAY_AGAIN_SECONDS:
                said_at = time.monotonic()
                phone.say(f"play {path}")
            return certainty(to.heard(), seed) > _HEARD

        eventually(is_heard, what="the words to be heard")

    def reach(self, what: str, number: str) -> dict[str, Any]:
        """Asks for a third party, whose telephone rings and is picked up."""
        self.third.events.clear()
        party = self.ask(what, number=number)
        self.third.wait_for("incoming")
        self.third.say("answer")
        self.third.wait_for("confirmed")
        return party


@pytest.fixture
def scene(stack: Stack, tmp_path: Path) -> Iterator[Scene]:
    with (
        HeadlessLawyer(stack, "lawyer1") as lawyer,
        HeadlessLawyer(stack, "supervisor1") as supervisor,
        Telephone(
            port=free_ports(1)[0], number="13800001111", save=tmp_path / "caller.wav"
        ) as caller,
        Telephone(port=stack.trunk_port, number="110", save=tmp_path / "third.wav") as third,
    ):
        scene = Scene(stack, lawyer, supervisor, caller, third, tmp_path)
        lawyer.go_on_duty()
        caller.say(f"call sip:12348@127.0.0.1:{stack.sip_port}")
        caller.wait_for("confirmed")
        eventually(lambda: supervisor.client.rows("/calls")[0]["state"] == "menu", what="the menu")
        caller.say("digit 0")
        scene.call_id = lawyer.accept(timeout_seconds=60)["call_id"]
        scene.await_state("talking")
        yield scene


def recorded(scene: Scene, name: str) -> Samples:
    """What a telephone has heard; complete once it has been put away."""
    samples, rate = read_wav(scene.directory / name)
    return resampled(samples[:, 0], rate=rate, to=_RATE)


HELD, BACK, FROM_THIRD, TO_THIRD, WHISPERED, BARGED, AFTER = 11, 12, 13, 14, 15, 16, 17


def hold_and_resume(scene: Scene) -> None:
    """The lawyer speaks while the caller is on hold, and again afterwards."""
    scene.ask("POST hold")
    scene.await_state("on_hold")
    scene.say(HELD, by=scene.lawyer)
    scene.ask("POST resume")
    scene.await_state("talking")
    scene.say(BACK, by=scene.lawyer)


def transfer_that_is_refused(scene: Scene) -> None:
    """The third party declines, and the lawyer has the caller back."""
    scene.third.events.clear()
    scene.ask("POST transfer", number="12345")
    scene.third.wait_for("incoming")
    scene.third.say("hangup")
    scene.third.wait_for("disconnected")
    eventually(lambda: scene.call()["parties"][0]["state"] == "closed", what="the refusal")
    scene.await_state("talking")
    (party,) = scene.call()["parties"]
    assert party["end_reason"] == "rejected"


def talk_by_three_under_supervision(scene: Scene) -> None:
    """An interpreter speaks and is spoken to; a supervisor listens, whispers, then barges in."""
    lawyer, supervisor = scene.lawyer, scene.supervisor
    party = scene.reach("POST parties", "13900002222")
    assert party["label"] == "139****2222"
    scene.await_party(party["id"], "talking")
    seat = scene.ask("POST supervision", by=supervisor, mode="listen")
    supervisor.open_audio(seat["audio_url"])
    scene.await_party(seat["leg_id"], "talking")
    scene.play(FROM_THIRD, scene.third, to=supervisor)
    scene.say(TO_THIRD, by=lawyer)
    eventually(lambda: certainty(supervisor.heard(), TO_THIRD) > _HEARD, what="listening")
    scene.ask("PUT supervision", by=supervisor, mode="whisper")
    scene.say(WHISPERED, by=supervisor)
    eventually(lambda: certainty(lawyer.heard(), WHISPERED) > _HEARD, what="the whisper")
    assert certainty(lawyer.heard(), FROM_THIRD) > _HEARD
    scene.ask("PUT supervision", by=supervisor, mode="barge")
    scene.say(BARGED, by=supervisor)
    eventually(lambda: certainty(lawyer.heard(), BARGED) > _HEARD, what="the supervisor's words")
    scene.ask(f"DELETE parties/{party['id']}")
    scene.third.wait_for("disconnected")


def transfer_outside(scene: Scene) -> None:
    """The lawyer goes to wrap-up, the caller talks with the third party until hanging up."""
    scene.reach("POST transfer", "110")
    scene.await_state("transferred")
    assert scene.lawyer.state() == "wrap_up"
    for _ in range(2):
        scene.play(AFTER, scene.third)
        # The words take two seconds, and nobody of the hotline hears them any more.
        with pytest.raises(AssertionError):
            eventually(
                lambda: certainty(scene.lawyer.heard()[-24000:], AFTER) > _HEARD,
                what="nothing",
                timeout_seconds=3,
            )
    scene.caller.say("hangup")
    scene.third.wait_for("disconnected")
    eventually(lambda: scene.call()["end_reason"] == "transferred", what="the end")
    assert {party["state"] for party in scene.call()["parties"]} == {"closed"}


def test_talk__is_held_widened_supervised_and_transferred(scene: Scene) -> None:
    with listening():
        transfer_that_is_refused(scene)
        hold_and_resume(scene)
        talk_by_three_under_supervision(scene)
        transfer_outside(scene)
        for phone in (scene.caller, scene.third):
            phone.put_away()

    heard, at_third = recorded(scene, "caller.wav"), recorded(scene, "third.wav")
    found = {seed for seed in range(HELD, AFTER + 1) if certainty(heard, seed) > _HEARD}
    assert found == {BACK, FROM_THIRD, TO_THIRD, BARGED, AFTER}
    assert max(certainty(heard, HELD), certainty(heard, WHISPERED)) < _UNHEARD
    assert min(certainty(at_third, TO_THIRD), certainty(at_third, BARGED)) > _HEARD
    assert certainty(at_third, WHISPERED) < _UNHEARD
