"""`hotline models`: the speech models of this machine."""

import argparse
import sys
from typing import TYPE_CHECKING

from asr import models
from asr.inventory import Support, status
from hotline.commands.options import add_data_dir
from hotline.settings import load_settings

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers

_BAR_WIDTH = 40
_MEGABYTE = 1_000_000


def register(subparsers: "Subparsers") -> None:
    """Adds `hotline models list|install|verify|remove`."""
    parser = subparsers.add_parser(
        "models",
        help="see, install, check and remove speech models",
        description="Speech models turn calls into text. Nothing is downloaded unless you ask.",
    )
    actions = parser.add_subparsers(required=True, metavar="list|install|verify|remove")
    listing = actions.add_parser("list", help="models, and how each language is transcribed")
    listing.set_defaults(run=_list)
    installing = actions.add_parser("install", help="download a model, or unpack a zip")
    installing.add_argument("name", metavar="NAME", help="a model of the list, or a FILE.zip")
    installing.set_defaults(run=_install)
    verifying = actions.add_parser("verify", help="compare a model's files with what they were")
    verifying.add_argument("name", metavar="NAME", nargs="?", help="one model (default: all)")
    verifying.set_defaults(run=_verify)
    removing = actions.add_parser("remove", help="take a model out of the data directory")
    removing.add_argument("name", metavar="NAME")
    removing.set_defaults(run=_remove)
    for action in (listing, installing, verifying, removing):
        add_data_dir(action)


def _list(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.data_dir)
    print(
        f"{'model':<28} {'engine':<8} {'languages':<10} {'words':<15} {'size':>8}  "
        f"{'licence':<11} state"
    )
    for row in models.rows(settings):
        _print_model(row)
    print()
    print(f"{'language':<10} {'engine':<8} {'model':<28} state")
    for support in status(settings):
        print(
            f"{support.language:<10} {support.engine or '-':<8} {support.model or '-':<28} "
            f"{support.state}"
        )
        if support.state is Support.MISSING:
            print(f"{'':<10} {support.remedy}")
    return 0


def _print_model(row: models.ModelRow) -> None:
    """A line to compare with others, and where the model comes from beneath it."""
    model = row.model
    state = "installed" if row.is_installed else "not installed"
    used = f", used for {','.join(row.used_for)}" if row.used_for else ""
    words = "as they come" if model.is_streaming else "by sentence"
    print(
        f"{model.name:<28} {model.engine:<8} {','.join(model.languages) or '?':<10} "
        f"{words:<15} {model.size_bytes / _MEGABYTE:>5.0f} MB  {model.licence:<11} {state}{used}"
    )
    print(f"  source   {row.source or 'not known'}")
    print(f"  sha256   {row.sha256 or 'not known'}")


def _install(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.data_dir)
    is_checked = models.install(settings, arguments.name, progress=_show)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if not is_checked:
        print("No checksum is known for this archive; it was unpacked unchecked.", file=sys.stderr)
    print(f"Installed in {settings.models_dir}. `hotline models list` shows what uses it.")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.data_dir)
    names = [arguments.name] if arguments.name else _installed(arguments)
    is_sound = True
    for name in names:
        different = models.verify(settings, name)
        is_sound = is_sound and not different
        print(f"{name}: {'sound' if not different else 'damaged: ' + ', '.join(different)}")
    return 0 if is_sound else 1


def _installed(arguments: argparse.Namespace) -> list[str]:
    settings = load_settings(arguments.data_dir)
    return [row.model.name for row in models.rows(settings) if row.is_installed]


def _remove(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.data_dir)
    models.remove(settings, arguments.name)
    print(f"Removed {arguments.name}.")
    return 0


def _show(have: int, whole: int) -> None:
    """Draws the bar; a log file gets none."""
    if not sys.stderr.isatty():
        return
    share = have / whole if whole else 0.0
    filled = int(share * _BAR_WIDTH)
    bar = "#" * filled + "-" * (_BAR_WIDTH - filled)
    size = f"{have / _MEGABYTE:.1f} of {whole / _MEGABYTE:.1f} MB" if whole else ""
    print(f"\r[{bar}] {size}", end="", file=sys.stderr, flush=True)
