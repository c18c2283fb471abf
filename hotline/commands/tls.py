"""`hotline tls self-signed`: HTTPS without an authority."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hotline.clock import SystemClock
from hotline.commands.options import add_data_dir
from hotline.settings import load_settings
from hotline.tls import self_signed

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Adds the command."""
    parser = subparsers.add_parser("tls", help="make a certificate for HTTPS")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    making = actions.add_parser(
        "self-signed",
        help="make a self-signed certificate and use it from the next start on",
        description="Browsers give no microphone to plain http pages other than localhost.",
    )
    making.add_argument(
        "--name", action="append", default=[], help="a host name or address; may be repeated"
    )
    making.add_argument("--renew", action="store_true", help="replace the one that is there")
    add_data_dir(making)
    making.set_defaults(run=_make)


def _make(arguments: argparse.Namespace) -> int:
    data_dir: Path = load_settings(arguments.data_dir).data_dir
    made = self_signed(
        data_dir, names=arguments.name, clock=SystemClock(), is_renewal=arguments.renew
    )
    print(f"certificate  {made.certificate}\nkey          {made.key}")
    print(f"good for     {', '.join(made.names)}")
    print("`hotline up` uses it from its next start on. Lawyers' browsers warn once, unless the")
    print("certificate is installed on their machines. To take calls from other machines, also")
    print("set HOTLINE_HOST=0.0.0.0 in hotline.env.")
    return 0
