"""`hotline migrate`: the database brought to this version, without starting anything."""

import argparse
from typing import TYPE_CHECKING

from hotline.commands.options import add_data_dir, house_of

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "migrate",
        help="bring the database to this version (`hotline up` does so by itself)",
        description="For installations that start the processes one by one, as in docker/.",
    )
    add_data_dir(parser)
    parser.set_defaults(run=_migrate)


def _migrate(arguments: argparse.Namespace) -> int:
    with house_of(arguments):
        print("The database is up to date.")
    return 0
