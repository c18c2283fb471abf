"""How every process of the platform begins: its log, its name, and its death with its parent."""

import ctypes
import os
import signal

from hotline import log
from hotline.settings import Settings

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
# The kernel keeps 15 characters of a name.
_NAME_BYTES = 15

SUPERVISOR_VARIABLE = "HOTLINE_SUPERVISOR_PID"


def begin(name: str, settings: Settings) -> None:
    """Called first in each `__main__`: logs as JSON under this name, dies with its supervisor.

    A process started by hand has no supervisor and lives on its own.
    """
    log.configure(name, settings.log_level)
    _prctl(_PR_SET_NAME, f"hl-{name}".encode()[:_NAME_BYTES])
    supervisor = os.environ.get(SUPERVISOR_VARIABLE)
    if supervisor is not None:
        die_with_parent(int(supervisor))


def die_with_parent(parent: int) -> None:
    """Asks the kernel for SIGTERM when the parent goes, even by kill -9 (prctl(2)).

    Args:
        parent: The parent's process id. If it is gone already, this process ends at once.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _prctl(option: int, value: int | bytes) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
