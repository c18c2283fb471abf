import socket
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import select

from hotline.clock import FakeClock
from hotline.errors import HotlineError
from hotline.house import House
from hotline.messages import jobs, service
from hotline.messages.provider import (
    HttpProvider,
    ProviderAwayError,
    ProviderRefusedError,
    ProviderSilentError,
)
from hotline.messages.rules import MOST_TRIES
from hotline.settings import Settings, load_settings
from hotline.tables import Message
from tests.unit.hotline.factories import create_call

# Only a stuck test waits so long.
_DEADLINE_SECONDS = 60.0

TEXT = "您的咨询，律师还在办理。"


class FakeProvider:
    """Remembers what it took, or fails."""

    def __init__(self, error: HotlineError | None = None) -> None:
        self.error = error
        self.taken: list[tuple[str, str]] = []
        self.keys: list[str] = []

    def send(self, number: str, text: str, *, key: str) -> None:
        self.keys.append(key)
        if self.error is not None:
            raise self.error
        self.taken.append((number, text))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", sms_url="http://127.0.0.1:9/sms")


def promise(house: House, *, number: str | None = "13800001111") -> bool:
    with house.database.session() as session:
        call = create_call(session, house, number=number)
        return service.promise(session, house, call, kind="progress", text=TEXT)


def messages(house: House) -> Sequence[Message]:
    with house.database.reading() as session:
        return session.exec(select(Message)).all()


def test_deliver__hands_over_number_and_text_once(house: House) -> None:
    assert promise(house)
    provider = FakeProvider()
    for _ in range(2):
        jobs.deliver_with(house, messages(house)[0].id, provider)
    assert provider.taken == [("13800001111", TEXT)]
    assert messages(house)[0].state == "sent"


def test_promise__keeps_nothing_readable(house: House) -> None:
    promise(house)
    assert TEXT.encode() not in messages(house)[0].text_sealed


@pytest.mark.parametrize("number", [None, "02812345678"])
def test_promise__only_to_mobiles(house: House, number: str | None) -> None:
    assert not promise(house, number=number)
    assert messages(house) == []


def test_deliver__away_is_tried_again_later_and_given_up_in_the_end(
    house: House, clock: FakeClock
) -> None:
    promise(house)
    message_id = messages(house)[0].id
    away = FakeProvider(ProviderAwayError("The provider answered 503."))
    for tries in range(1, MOST_TRIES + 1):
        jobs.deliver_with(house, message_id, away)
        jobs.deliver_with(house, message_id, away)
        assert messages(house)[0].attempts == tries
        clock.advance(seconds=3 * 3600)
    assert set(away.keys) == {message_id}
    assert (messages(house)[0].state, messages(house)[0].error) == ("failed", "away")


def test_deliver__refused_is_the_end(house: House) -> None:
    promise(house)
    refused = FakeProvider(ProviderRefusedError("The provider answered 400."))
    jobs.deliver_with(house, messages(house)[0].id, refused)
    assert (messages(house)[0].state, messages(house)[0].error) == ("failed", "refused")


def test_deliver__without_an_answer_is_uncertain_and_not_sent_again(
    house: House, clock: FakeClock
) -> None:
    promise(house)
    silent = FakeProvider(ProviderSilentError("The provider's answer cannot be had."))
    jobs.deliver_with(house, messages(house)[0].id, silent)
    clock.advance(seconds=3 * 3600)
    jobs.deliver_with(house, messages(house)[0].id, silent)
    assert len(silent.keys) == 1
    assert (messages(house)[0].state, messages(house)[0].error) == ("uncertain", "no_answer")


def test_sweep__what_a_worker_died_over_is_uncertain_and_not_sent_again(
    house: House, clock: FakeClock
) -> None:
    promise(house)
    message_id = messages(house)[0].id
    with house.database.session() as session:
        assert service.claim(session, house, message_id) is not None
    jobs.sweep(house)
    assert messages(house)[0].state == "sending"

    clock.advance(seconds=121)
    jobs.sweep(house)
    provider = FakeProvider()
    jobs.deliver_with(house, message_id, provider)

    assert provider.taken == []
    assert (messages(house)[0].state, messages(house)[0].error) == ("uncertain", "interrupted")


def test_send__nobody_there_is_away_and_names_nobody() -> None:
    # The discard port of this machine: nothing listens there.
    with pytest.raises(ProviderAwayError) as raised:
        HttpProvider("http://127.0.0.1:9/sms").send("13800001111", TEXT, key="sms_1")
    assert "138" not in str(raised.value)


def test_send__nonsense_for_an_answer_is_uncertain() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_DEADLINE_SECONDS)
        heard: list[bytes] = []

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                peer.settimeout(_DEADLINE_SECONDS)
                asked = b""
                while not asked.endswith(b"}"):
                    asked += peer.recv(4096)
                heard.append(asked.lower())
                peer.sendall(b"nonsense\r\n\r\n")
                # Until the other side has read it and gone.
                peer.recv(1)

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/sms"
        with pytest.raises(ProviderSilentError) as raised:
            HttpProvider(url).send("13800001111", TEXT, key="sms_1")
        thread.join(_DEADLINE_SECONDS)
    assert "BadStatusLine" in str(raised.value)
    assert b'idempotency-key: "sms_1"' in heard[0]


class TestWithoutProvider:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data")

    def test_promise__is_none_and_the_outbox_says_why(self, house: House) -> None:
        assert not promise(house)
        assert [row.state for row in messages(house)] == ["not_configured"]
