"""The commands of the telephone side: `hotline call` and `hotline flow`."""

import argparse
import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hotline.commands.options import add_data_dir
from hotline.database import Database
from hotline.directory import centres
from hotline.flows.findings import Severity, as_line
from hotline.hours.doctor import entered_rules, has_begun
from hotline.settings import Settings, load_settings
from ivr.caller import Caller, CallPlan, load_speech, parse_digits
from ivr.catalogue import load_definition, load_texts
from ivr.catalogue_check import check
from ivr.flow.definition import FlowDefinition
from ivr.flow.diagram import mermaid
from ivr.flow.districts import with_covered
from ivr.flow.picture import menus
from ivr.flow.script import keys_script
from ivr.flow.simulate import simulate
from ivr.opening import is_taken
from ivr.staffing import may_promise
from ivr.trunk_settings import configured_trunks, describe

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers

_DEFAULT_SECONDS = 60.0


def register_call(subparsers: "Subparsers") -> None:
    """Adds `hotline call`."""
    parser = subparsers.add_parser(
        "call",
        help="call the running hotline, as a citizen's telephone would",
        description="Makes a real SIP call to the hotline and prints what happens. "
        "Keys are pressed one after the other, each when the voice pauses.",
    )
    parser.add_argument("--to", default="12348", help="number to dial (default 12348)")
    parser.add_argument(
        "--from", dest="from_number", default="13800001234", metavar="NUMBER", help="number to show"
    )
    parser.add_argument(
        "--digits", type=_digits, default="", metavar="1,2", help="keys: language, topic, ..."
    )
    parser.add_argument("--say", type=Path, metavar="FILE.wav", help="what to say after the keys")
    parser.add_argument("--once", action="store_true", help="say it once, not again and again")
    parser.add_argument(
        "--seconds",
        type=float,
        default=_DEFAULT_SECONDS,
        metavar="N",
        help=f"stay this long after the answer (default {_DEFAULT_SECONDS:.0f})",
    )
    parser.add_argument("--save", type=Path, metavar="HEARD.wav", help="keep what was heard")
    parser.add_argument("--host", help="where the hotline is (default: the settings' SIP address)")
    parser.add_argument("--port", type=int, help="its UDP port (default: the settings' SIP port)")
    add_data_dir(parser)
    parser.set_defaults(run=_call)


def register_flow(subparsers: "Subparsers") -> None:
    """Adds `hotline flow check`, `hotline flow show` and `hotline flow simulate`."""
    parser = subparsers.add_parser("flow", help="check, draw or try the call flow")
    actions = parser.add_subparsers(required=True, metavar="check|show|simulate")
    checking = actions.add_parser("check", help="say what is wrong with menus and prompts")
    add_data_dir(checking)
    _add_file(checking)
    checking.set_defaults(run=_check_flow)
    showing = actions.add_parser("show", help="print the state diagram in Mermaid's language")
    showing.add_argument("--menus", action="store_true", help="the menus instead of the states")
    add_data_dir(showing)
    _add_file(showing)
    showing.set_defaults(run=_show_flow)
    trying = actions.add_parser(
        "simulate",
        help="play keys and times against the flow, on paper",
        description="Prints what a caller would hear. The script is words with semicolons between: "
        "key 1, say words, wait 20, position 2, range 5_10 long message, busy unstaffed, "
        "finds progress_accepted 2027-01-04, lawyer accepts, lawyer hangs up, queue closes, "
        "hang up.",
    )
    add_data_dir(trying)
    _add_file(trying)
    trying.add_argument("--keys", default="", metavar="1,2", help="keys to press at the start")
    trying.add_argument("--script", default="", metavar="WORDS", help="what happens after that")
    trying.add_argument(
        "--at", type=datetime.fromisoformat, metavar="2027-01-04T10:00", help="when the call comes"
    )
    trying.set_defaults(run=_simulate_flow)


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--file", type=Path, metavar="FLOW.toml", help="another flow file")


def register_trunk(subparsers: "Subparsers") -> None:
    """Adds `hotline trunk check`."""
    parser = subparsers.add_parser("trunk", help="check the trunks to the telephone network")
    actions = parser.add_subparsers(required=True, metavar="check")
    checking = actions.add_parser("check", help="say what is wrong with the trunk file")
    add_data_dir(checking)
    checking.set_defaults(run=_check_trunks)


def _digits(text: str) -> str:
    try:
        return parse_digits(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _call(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.data_dir)
    plan = CallPlan(
        host=arguments.host or _reachable(settings.sip_host),
        port=arguments.port or settings.sip_port,
        to=arguments.to,
        from_number=arguments.from_number,
        digits=arguments.digits,
        speech=load_speech(arguments.say),
        is_repeated=not arguments.once,
        seconds=arguments.seconds,
        save=arguments.save,
    )
    return 0 if asyncio.run(_call_until_interrupted(plan)) else 1


async def _call_until_interrupted(plan: CallPlan) -> bool:
    caller = Caller(plan, say=_print_now)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, caller.hang_up)
    return await caller.run()


def _reachable(host: str) -> str:
    """An address to call where a hotline listens on all of them."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound


def _print_now(line: str) -> None:
    # Unbuffered, so that whoever watches through a pipe sees it as it happens.
    print(line, flush=True)


def _check_flow(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.data_dir)
    findings = check(
        arguments.file or settings.flow_file,
        data_dir=settings.data_dir,
        languages=settings.languages,
        hours=settings.hours,
    )
    for finding in findings:
        print(as_line(finding))
    if any(finding.severity is Severity.ERROR for finding in findings):
        return 1
    print("The call flow can be used.")
    return 0


def _check_trunks(arguments: argparse.Namespace) -> int:
    # A file that cannot be used ends the command with its own sentence.
    for trunk in configured_trunks(load_settings(arguments.data_dir)):
        print(describe(trunk))
    print("The trunks can be used.")
    return 0


def _show_flow(arguments: argparse.Namespace) -> int:
    if not arguments.menus:
        print(mermaid(), end="")
        return 0
    settings = load_settings(arguments.data_dir)
    print(menus(load_definition(arguments.file or settings.flow_file)))
    return 0


def _is_open(flow: FlowDefinition, settings: Settings, at: datetime, *, is_now: bool) -> bool:
    rules = entered_rules(settings)
    if not is_taken(flow, rules, at, hours=settings.hours):
        return False
    if not rules.needs_rota:
        return True
    database = Database(settings.database_url_used)
    try:
        with database.reading() as session:
            return may_promise(session, rules, at.astimezone(UTC), is_now=is_now)
    finally:
        database.close()


def _covered(flow: FlowDefinition, settings: Settings) -> FlowDefinition:
    """The flow with the districts that calls read out; before the first start with all of them."""
    if not (flow.districts and has_begun(settings)):
        return flow
    database = Database(settings.database_url_used)
    try:
        with database.reading() as session:
            return with_covered(flow, centres.regions(session))
    finally:
        database.close()


def _simulate_flow(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.data_dir)
    at = arguments.at or datetime.now(settings.zone)
    at = at.replace(tzinfo=settings.zone) if at.tzinfo is None else at.astimezone(settings.zone)
    flow = load_definition(arguments.file or settings.flow_file, languages=settings.languages)
    lines = simulate(
        _covered(flow, settings),
        f"{keys_script(arguments.keys)}; {arguments.script}",
        at=at,
        is_open=_is_open(flow, settings, at, is_now=arguments.at is None),
        texts=load_texts(),
    )
    print("\n".join(lines))
    return 0
