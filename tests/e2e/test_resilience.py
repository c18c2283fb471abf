"""Pulling the plug: whatever dies comes back, and nobody loses a place."""

import os
import signal

import pytest

from tests.e2e.client import Client
from tests.e2e.peers import Telephone, eventually
from tests.e2e.stack import Stack, free_ports

# A stack may have to be started, and others may listen meanwhile (tests/e2e/hush.py).
pytestmark = pytest.mark.timeout(900)

NUMBER = "13700001111"


def kill(stack: Stack, module: str) -> None:
    """kill -9 of a child, and waiting until another has taken its place."""
    pid = stack.process(module)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(
        lambda: stack.process(module) not in (None, pid),
        what=f"a new {module}",
        timeout_seconds=60,
    )


def call_into_the_queue(stack: Stack, supervisor: Client, phone: Telephone) -> str:
    """A caller waits for any lawyer; returns the queue entry's id."""
    phone.say(f"call sip:12348@127.0.0.1:{stack.sip_port}")
    phone.wait_for("confirmed")
    eventually(lambda: supervisor.rows("/calls")[0]["state"] == "menu", what="the menu")
    phone.say("digit 0")
    return str(
        eventually(lambda: supervisor.rows("/queue"), what="the place", timeout_seconds=60)[0]["id"]
    )


def test_caller_in_the_queue__survives_every_process_but_the_telephone(
    stack: Stack, supervisor: Client
) -> None:
    with Telephone(port=free_ports(1)[0], number=NUMBER) as phone:
        entry = call_into_the_queue(stack, supervisor, phone)
        for module in ("hotline.worker", "asr", "hotline.dispatcher", "agent_console.gateway"):
            kill(stack, module)
        kill(stack, "hotline.web")
        stack.wait_served()
        (place,) = supervisor.rows("/queue")
        assert (place["id"], place["kind"]) == (entry, "call")
        assert "disconnected" not in " ".join(phone.events)
        # The telephone process dies last: its call is gone, the caller is not.
        kill(stack, "ivr")
        stack.wait_served()
        (kept,) = eventually(
            lambda: [row for row in supervisor.rows("/queue") if row["kind"] == "callback"],
            what="the call back in the old place",
        )
        assert kept["id"] == entry
    assert supervisor.rows("/calls")[0]["end_reason"] == "ivr_restarted"


def test_telephone__takes_calls_again_after_its_death(stack: Stack, supervisor: Client) -> None:
    kill(stack, "ivr")
    stack.wait_served()
    with Telephone(port=free_ports(1)[0], number="13700002222") as phone:
        phone.say(f"call sip:12348@127.0.0.1:{stack.sip_port}")
        phone.wait_for("confirmed", timeout_seconds=60)
        phone.say("hangup")
        phone.wait_for("disconnected")


def test_stop__leaves_nothing(stack: Stack) -> None:
    """Within ten seconds if the machine lets it (tests/integration/test_supervisor.py)."""
    stack.stop()
    assert stack.processes() == {}


def test_kill_of_the_supervisor__leaves_no_process(stack: Stack) -> None:
    eventually(lambda: len(stack.processes()) >= 8, what="every process")
    stack.kill_supervisor()
    eventually(lambda: not stack.processes(), what="the end of every process", timeout_seconds=60)
    stack.stop()
