"""The `hotline` command: what the kernel can do, and what edges and capabilities add."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points, version
from typing import TYPE_CHECKING

from hotline import log as logs
from hotline.commands import BUILT_IN
from hotline.errors import HotlineError

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers

log = logging.getLogger(__name__)

_EXIT_REFUSED = 2
# As shells count it: 128 and SIGINT.
_EXIT_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its status; 2 when it cannot be done."""
    logs.configure("hotline", os.environ.get("HOTLINE_LOG_LEVEL") or "WARNING")
    words = sys.argv[1:] if arguments is None else list(arguments)
    parsed = _parser(words[:1]).parse_args(words)
    try:
        status = parsed.run(parsed)
    except HotlineError as error:
        print(f"hotline: {error}", file=sys.stderr)
        status = _EXIT_REFUSED
    except KeyboardInterrupt:
        status = _EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone, as under `| head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = 1
    sys.exit(status or 0)


def _parser(first: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hotline", description="The 12348 public legal-service hotline."
    )
    parser.add_argument(
        "--version", action="version", version=f"hotline {version('legal-hotline')}"
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for register in BUILT_IN:
        register(subparsers)
    # The kernel's own commands need nobody else, start faster alone, and work though others are
    # broken.
    if not set(first) & {*subparsers.choices, "--version"}:
        _add_plug_ins(subparsers)
    return parser


def _add_plug_ins(subparsers: "Subparsers") -> None:
    for entry in sorted(entry_points(group="hotline.commands"), key=lambda entry: entry.name):
        try:
            entry.load()(subparsers)
        except Exception as error:
            log.debug("command is missing", exc_info=error)
            print(
                f"hotline: the command `{entry.name}` is missing, {entry.value} cannot be loaded "
                f"({error.__class__.__name__}: {error})",
                file=sys.stderr,
            )


if __name__ == "__main__":
    main()
