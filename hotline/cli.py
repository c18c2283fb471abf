"""The `hotline` command: what the kernel can do, and what edges and capabilities add."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points, version

from hotline import log as logs
from hotline.commands import BUILT_IN
from hotline.errors import HotlineError

log = logging.getLogger(__name__)

_EXIT_REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its status; 2 when it cannot be done."""
    logs.configure("hotline", os.environ.get("HOTLINE_LOG_LEVEL") or "WARNING")
    parsed = _parser().parse_args(arguments)
    try:
        status = parsed.run(parsed)
    except HotlineError as error:
        print(f"hotline: {error}", file=sys.stderr)
        status = _EXIT_REFUSED
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        # The reader of our output has gone, as under `| head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = 1
    sys.exit(status or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hotline", description="The 12348 public legal-service hotline."
    )
    parser.add_argument(
        "--version", action="version", version=f"hotline {version('legal-hotline')}"
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for register in BUILT_IN:
        register(subparsers)
    for entry in sorted(entry_points(group="hotline.commands"), key=lambda entry: entry.name):
        try:
            entry.load()(subparsers)
        except Exception as error:
            # One part that is broken must not take `hotline up` or `hotline doctor` away.
            log.debug("command is missing", exc_info=error)
            print(
                f"hotline: the command `{entry.name}` is missing, {entry.value} cannot be loaded "
                f"({error.__class__.__name__}: {error})",
                file=sys.stderr,
            )
    return parser


if __name__ == "__main__":
    main()
