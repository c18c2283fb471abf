"""`hotline settings`: every setting, with its default and what it means."""

import argparse
from typing import TYPE_CHECKING

from hotline.settings_reference import reference

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Adds the command."""
    parser = subparsers.add_parser("settings", help="print every setting as Markdown")
    parser.set_defaults(run=_print)


def _print(_arguments: argparse.Namespace) -> int:
    print(reference(), end="")
    return 0
