"""Pulling the plug: whatever dies comes back, and nobody loses a place."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e.peers import Telephone, eventually
from tests.e2e.stack import Client, Stack, free_ports, started

NUMBER = "13700001111"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    yield from started(tmp_path_factory.mktemp("resilient"), HOTLINE_ASR_ENGINES="zh=none")


@pytest.fixture
def supervisor(stack: Stack) -> Iterator[Client]:
    client = stack.client("supervisor1")
    yield client
    client.close()


def kill(stack: Stack, module: str) -> None:
    """kill -9 of a child, and waiting until another has taken its place."""
    pid = stack.process(module)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(
        lambda: stack.process(module) not in (None, pid),
        what=f"a new {module}",
        timeout_seconds=30,
    )


def wait_until_served(stack: Stack) -> None:
    """Waits until the web faces answer and the telephone line is open again."""

    def is_ready() -> bool:
        try:
            return httpx.get(f"{stack.url}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    eventually(is_ready, what="readiness", timeout_seconds=60)


def call_into_the_queue(stack: Stack, supervisor: Client, phone: Telephone) -> str:
    """A caller waits for any lawyer; returns the queue entry's id."""
    phone.say(f"call sip:12348@127.0.0.1:{stack.sip_port}")
    phone.wait_for("confirmed")
    eventually(lambda: supervisor.rows("/calls")[0]["state"] == "menu", what="the menu")
    phone.say("digit 0")
    return str(
        eventually(lambda: supervisor.rows("/queue"), what="the place", timeout_seconds=30)[0]["id"]
    )


def test_caller_in_the_queue__survives_every_process_but_the_telephone(
    stack: Stack, supervisor: Client
) -> None:
    with Telephone(port=free_ports(1)[0], number=NUMBER) as phone:
        entry = call_into_the_queue(stack, supervisor, phone)
        for module in ("hotline.worker", "asr", "hotline.dispatcher", "agent_console.gateway"):
            kill(stack, module)
        kill(stack, "hotline.web")
        wait_until_served(stack)
        (place,) = supervisor.rows("/queue")
        assert (place["id"], place["kind"]) == (entry, "call")
        assert "disconnected" not in " ".join(phone.events)
        # The telephone process dies last: its call is gone, the caller is not.
        kill(stack, "ivr")
        wait_until_served(stack)
        (kept,) = eventually(
            lambda: [row for row in supervisor.rows("/queue") if row["kind"] == "callback"],
            what="the call back in the old place",
        )
        assert kept["id"] == entry
    assert supervisor.rows("/calls")[0]["end_reason"] == "ivr_restarted"


def test_telephone__takes_calls_again_after_its_death(stack: Stack, supervisor: Client) -> None:
    kill(stack, "ivr")
    wait_until_served(stack)
    with Telephone(port=free_ports(1)[0], number="13700002222") as phone:
        phone.say(f"call sip:12348@127.0.0.1:{stack.sip_port}")
        phone.wait_for("confirmed")
        phone.say("hangup")
        phone.wait_for("disconnected")


def test_stop__takes_less_than_ten_seconds_and_leaves_nothing(tmp_path: Path) -> None:
    stack = Stack(tmp_path, HOTLINE_ASR_ENGINES="zh=none").start()
    assert stack.stop() < 10
    assert stack.processes() == {}


def test_kill_of_the_supervisor__leaves_no_process(tmp_path: Path) -> None:
    stack = Stack(tmp_path, HOTLINE_ASR_ENGINES="zh=none").start()
    assert len(stack.processes()) >= 8
    stack.kill_supervisor()
    eventually(lambda: not stack.processes(), what="the end of every process", timeout_seconds=15)
    stack.stop()
