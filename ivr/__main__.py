"""The telephone process: `python -m ivr`."""

import asyncio
import contextlib
import logging
import signal
import socket

import uvloop

from hotline.bus import Boxes
from hotline.follower import Follower, newest
from hotline.heartbeat import keep_beating
from hotline.house import House, open_house
from hotline.process import Urgency, hurry, run, settle
from hotline.settings import Settings
from ivr.catalogue import PromptCatalogue, prompt_directories, slow_directory
from ivr.flow_shelf import FlowShelf, LoadedFlow
from ivr.line_settings import configured_line
from ivr.media.pool import MediaPool, PoolConfiguration, engines_wanted
from ivr.phones import keep_admitting
from ivr.prompt_shelf import PromptShelf
from ivr.recovery import recover
from ivr.sip.line import Line
from ivr.sip.pbx_registration import PbxRefused
from ivr.sip.trunk_line import TrunkLine
from ivr.switchboard import Switchboard
from ivr.trunk_report import keep_telling

log = logging.getLogger(__name__)

# `hotline up` gives every process seven seconds to stop.
_GOODBYE_SECONDS = 3.0
# PBXs lock out who shows a wrong password some five times in ten minutes.
_REFUSED_SECONDS = 300.0


async def serve(house: House) -> None:
    """Takes calls until told to stop.

    Raises:
        NotConfigured: A port is taken, or the flow file cannot be used.
    """
    settings = house.settings
    node = f"{socket.gethostname()}:{settings.sip_port}"
    shelf = await asyncio.to_thread(FlowShelf, house)
    flow = await asyncio.to_thread(shelf.read)
    after = await asyncio.to_thread(newest, house)
    prompts = PromptShelf(house)
    await asyncio.to_thread(prompts.lay_out)
    await asyncio.to_thread(recover, house, node=node)
    line = configured_line(settings)
    stop = asyncio.Event()
    board: Switchboard | None = None
    words = Boxes(settings.redis_url_used)

    def hear(event: object) -> None:
        if board is not None:
            board.hear(event)  # type: ignore[arg-type]  # the engine's events only

    engines = await MediaPool.start(
        count=engines_wanted(settings.media_engines),
        configuration=PoolConfiguration(
            host=settings.sip_host,
            ports=settings.rtp_port_range,
            asr_address=("127.0.0.1", settings.asr_port),
            rtp_timeout_seconds=settings.rtp_timeout_seconds,
        ),
        on_event=hear,
    )
    board = Switchboard(
        house=house,
        line=line,
        engines=engines,
        flow=flow.definition,
        flow_version=flow.version,
        on_flow_changed=shelf.change,
        on_prompts_changed=prompts.change,
        catalogue=PromptCatalogue(
            prompt_directories(settings.data_dir), slow=slow_directory(settings.data_dir)
        ),
        node=node,
        media_host=settings.media_host_used,
        words=words,
    )
    follower = Follower(house, board.follow, after=after)
    tasks = [
        asyncio.create_task(follower.run()),
        asyncio.create_task(keep_beating(house, "ivr")),
        asyncio.create_task(keep_telling(house, node, line)),
        asyncio.create_task(shelf.keep_telling(node)),
        asyncio.create_task(prompts.keep_laying_out()),
        asyncio.create_task(shelf.keep_reading(lambda new: _lead_by(board, new))),
    ]
    _stop_on_signals(stop)
    try:
        await _open(line, board, stop)
        if isinstance(line, TrunkLine) and settings.phones:
            tasks.append(asyncio.create_task(keep_admitting(house, line, node=node)))
        settle()
        log.info("telephone line is open")
        await stop.wait()
    finally:
        await board.end_all(timeout_seconds=_GOODBYE_SECONDS)
        await line.stop()
        await asyncio.gather(engines.stop(), words.close())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _lead_by(board: Switchboard, flow: LoadedFlow) -> None:
    board.use_flow(flow.definition, flow.version)


async def _open(line: Line, board: Switchboard, stop: asyncio.Event) -> None:
    try:
        await line.start(board.welcome)
    except PbxRefused as error:
        # Whoever supervises us starts us again at once, and a PBX locks out who guesses so often.
        log.error("the pbx refuses us", extra={"reason": str(error)})
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_REFUSED_SECONDS):
                await stop.wait()
        raise


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)


def main(settings: Settings) -> None:
    """Opens the house and serves.

    Raises:
        NotConfigured: A port is taken, or the flow file cannot be used.
    """
    # Before any thread is made: they take after this one.
    hurry(Urgency.CALLS)
    house = open_house(settings)
    try:
        # A third less time outside of signalling than on asyncio's own loop (2026-11-22).
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(house))
    finally:
        with contextlib.suppress(Exception):
            house.close()


if __name__ == "__main__":
    run("ivr", main)
