"""Options that several commands share."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hotline.house import House, open_house
from hotline.settings import load_settings

if TYPE_CHECKING:
    # argparse keeps the type of `add_subparsers()` to itself.
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Adds --data-dir."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where everything is kept (default: HOTLINE_DATA_DIR, else ./var)",
    )


@contextmanager
def house_of(arguments: argparse.Namespace) -> Iterator[House]:
    """The house of --data-dir, its database migrated."""
    house = open_house(load_settings(arguments.data_dir))
    try:
        house.database.migrate()
        yield house
    finally:
        house.close()
