"""What every process of the platform does first: settings, log, a name, and a clear end."""

import ctypes
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from typing import NoReturn

from hotline.errors import HotlineError, NotConfigured
from hotline.log import configure
from hotline.settings import Settings, load_settings

log = logging.getLogger(__name__)

# prctl(2), <linux/prctl.h>.
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_NAME_BYTES = 15

# What a process leaves with when it cannot start: see `hotline doctor`.
EXIT_NOT_CONFIGURED = 2
EXIT_FAULT = 1
# As shells count it: 128 and SIGINT.
EXIT_INTERRUPTED = 130

# Python's own are 700, 10 and 10: a process that answers fifty calls a second would look for lost
# cycles forty times meanwhile, and now and then through all that it has.
_COLLECT_AFTER = (10_000, 20, 10)

# A fifth of the interpreter's own choice.
_SWITCH_INTERVAL_SECONDS = 0.001


class Urgency(IntEnum):
    """What goes first on a busy machine, as niceness; the media engine goes before all of them.

    Speech recognition has 5, jobs have 10.
    """

    CALLS = -10
    """The telephone line, and voices to and from browsers."""
    OFFERS = -5
    """Who is offered to whom, and the pages that tell it."""


_libc = ctypes.CDLL(None, use_errno=True)


def start(name: str) -> Settings:
    """Reads the settings, sends the log to standard error and names the process.

    Args:
        name: The process's name in logs and in `ps`, such as ``web``.

    Raises:
        NotConfigured: A setting cannot be used.
    """
    settings = load_settings()
    configure(name, settings.log_level)
    _libc.prctl(_PR_SET_NAME, f"hotline-{name}".encode()[:_NAME_BYTES], 0, 0, 0)
    return settings


def run(name: str, main: Callable[[Settings], int | None]) -> NoReturn:
    """The body of a `__main__`: starts, runs `main`, and ends the process with its result.

    An error of the platform's own becomes one line in the log and exit status 2; anything else is
    a fault and shows where it happened. When `main` is done, everything that matters is closed: the
    process ends at once, without waiting for threads of foreign libraries (measured 2026-11:
    CTranslate2's pool never ends once a model was loaded).
    """
    configure(name)
    status = EXIT_FAULT
    try:
        status = main(start(name)) or 0
    except HotlineError as error:
        log.error("cannot go on", extra={"reason": str(error)})
        status = EXIT_NOT_CONFIGURED
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    except Exception:
        log.exception("process failed")
    logging.shutdown()
    sys.stdout.flush()
    os._exit(status)


def settle() -> None:
    """Makes the interpreter's pauses short; to be called once all is at work.

    What is loaded by now is spared the search for lost cycles: a whole one takes 25 ms with the
    telephone line alone, and everybody waits for it (measured 2026-11-22). And a thread that comes
    back from the database takes the interpreter from one that is computing sooner: the hotline
    waits to write while it holds a transaction.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def hurry(urgency: Urgency) -> None:
    """Lets this thread, and those that it makes, run before what is less urgent.

    An INVITE takes 3 ms of work; the slowest of a hundred waited as long again for others on two
    busy cores (measured 2026-11-22). Where the machine does not allow it, it is done without.
    """
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, urgency)


def die_with_parent(death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Makes the kernel send this process a signal when its parent dies (Linux, prctl(2)).

    To be called right after the fork, in the child. It holds across exec.
    """
    parent = os.getppid()
    if _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise NotConfigured("This machine is not Linux: processes cannot be tied to their parent.")
    if os.getppid() != parent:
        # The parent died between the fork and the call.
        os.kill(os.getpid(), death_signal)
