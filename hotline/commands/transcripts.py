"""`hotline transcripts`: the index of words made anew."""

import argparse
from typing import TYPE_CHECKING

from hotline.commands.options import add_data_dir, house_of
from hotline.transcripts.search import begin_renewal, renew

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Adds the command."""
    parser = subparsers.add_parser("transcripts", help="look after transcripts")
    deeds = parser.add_subparsers(metavar="DEED", required=True)
    reindex = deeds.add_parser(
        "reindex",
        help="make the index of words anew",
        description="Empties the index that transcripts are searched by and fills it again; the "
        "hotline may run meanwhile, searches find what is in it already.",
    )
    add_data_dir(reindex)
    reindex.set_defaults(run=_reindex)


def _reindex(arguments: argparse.Namespace) -> int:
    with house_of(arguments) as house:
        with house.database.session() as session:
            begin_renewal(session)
        is_more = True
        while is_more:
            with house.database.session() as session:
                is_more = renew(session)
        print("The index of words is complete.")
    return 0
