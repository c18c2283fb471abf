"""`hotline doctor`: what is missing on this machine."""

import argparse
from typing import TYPE_CHECKING

from hotline import premises
from hotline.commands.options import add_data_dir
from hotline.doctor import Finding, examine
from hotline.errors import NotConfigured
from hotline.settings import Settings, load_settings

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Adds the command."""
    parser = subparsers.add_parser(
        "doctor",
        help="say what is missing on this machine, and how to get it",
        description="Exit status 1 when something is missing that calls cannot be taken without.",
    )
    add_data_dir(parser)
    parser.set_defaults(run=_examine)


def _examine(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.data_dir)
    is_ill = False
    for finding in examine(settings, is_running=_is_running(settings)):
        print(_line(finding))
        is_ill = is_ill or (finding.is_needed and not finding.is_well)
    return 1 if is_ill else 0


def _line(finding: Finding) -> str:
    if finding.is_well:
        return f"  ok       {finding.text}"
    mark = "MISSING" if finding.is_needed else "note   "
    return f"  {mark}  {finding.text}\n           -> {finding.remedy}"


def _is_running(settings: Settings) -> bool:
    if not (settings.data_dir / "up.lock").exists():
        return False
    try:
        with premises.alone(settings):
            return False
    except NotConfigured:
        return True
