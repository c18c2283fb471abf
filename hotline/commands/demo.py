"""`hotline seed-demo`: users and institutions for trying it out."""

import argparse
from typing import TYPE_CHECKING

from hotline.commands.options import add_data_dir, house_of
from hotline.demo import seed

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "seed-demo",
        help="make demo users, lawyers and institutions, and print their logins",
        description="Makes the data directory a demo; can be repeated. Refused where there are "
        "real users, since demo users have published passwords.",
    )
    add_data_dir(parser)
    parser.set_defaults(run=_seed)


def _seed(arguments: argparse.Namespace) -> int:
    with house_of(arguments) as house:
        logins = seed(house)
    print(f"{'user':<12} {'password':<10} who")
    for login in logins:
        print(f"{login.username:<12} {login.password:<10} {login.what}")
    return 0
