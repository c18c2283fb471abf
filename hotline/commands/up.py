"""`hotline up`: everything on one machine."""

import argparse
from typing import TYPE_CHECKING

from hotline import log as logs
from hotline.commands.options import add_data_dir
from hotline.settings import load_settings
from hotline.up import up

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "up",
        help="run everything on this machine, in the foreground",
        description="Runs every process of the hotline, starts again what dies, and prints a line "
        "beginning with `hotline ready` when calls are taken. Ctrl-C stops all of it.",
    )
    add_data_dir(parser)
    parser.add_argument("--host", help="address the web faces listen on (default 127.0.0.1)")
    parser.add_argument("--http-port", type=int, metavar="PORT", help="web port (default 8000)")
    parser.add_argument("--sip-port", type=int, metavar="PORT", help="SIP's UDP port (5060)")
    parser.add_argument(
        "--demo",
        action="store_true",
        help="make demo users with published passwords, unless there are real ones",
    )
    parser.set_defaults(run=_up)


def _up(arguments: argparse.Namespace) -> int:
    settings = load_settings(
        arguments.data_dir,
        host=arguments.host,
        http_port=arguments.http_port,
        sip_port=arguments.sip_port,
    )
    logs.configure("up", settings.log_level)
    up(settings, say=_say, is_trial=arguments.demo)
    return 0


def _say(line: str) -> None:
    print(line, flush=True)
