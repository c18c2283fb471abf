"""Keeping in touch with all trunks of a line."""

import logging
from collections.abc import Sequence

from ivr.sip.sippy_keeper import HeartbeatKeeper, RegistrationKeeper, Send
from ivr.sip.sippy_port import Address, TrunkPort, Trunks
from ivr.sip.trunk_desk import TrunkDesk

log = logging.getLogger(__name__)


class Keepers:
    """The heartbeats and registrations of a line; every method runs in sippy's thread.

    Args:
        desks: The trunks.
        trunks: Who is spoken with, in the same order.
        port: The socket.
        send: Begins a transaction.
        user_agent: Name shown to trunks.
    """

    def __init__(
        self,
        desks: Sequence[TrunkDesk],
        *,
        trunks: Trunks,
        port: TrunkPort,
        send: Send,
        user_agent: str,
    ) -> None:
        self._desks = desks
        self._trunks = trunks
        self._port = port
        self._send = send
        self._user_agent = user_agent
        self._heartbeats: dict[int, HeartbeatKeeper] = {}
        self._registrations: dict[int, RegistrationKeeper] = {}
        self._is_ending = False

    def use(self, place: int, address: Address) -> None:
        """Dials through this trunk at that address, lets it answer and asks whether it is there."""
        desk = self._desks[place]
        self._trunks.add(address[0], place)
        desk.address = address
        if desk.heartbeat is not None and place not in self._heartbeats:
            keeper = HeartbeatKeeper(desk, send=self._send, user_agent=self._user_agent)
            self._heartbeats[place] = keeper
            keeper.start()

    def register(self, place: int, registrar: Address) -> None:
        """Registers with a trunk's registrar at that address, whose calls are taken then."""
        desk = self._desks[place]
        self._trunks.add(registrar[0], place)
        desk.registrar = registrar
        if place not in self._registrations and not self._is_ending:
            keeper = RegistrationKeeper(
                desk,
                send=self._send,
                contact=lambda peer: self._port.endpoint(peer).address,
                user_agent=self._user_agent,
            )
            self._registrations[place] = keeper
            keeper.start()

    def end_registrations(self) -> None:
        """Takes all registrations back: calls are to go elsewhere."""
        self._is_ending = True
        for keeper in self._registrations.values():
            keeper.end()

    def stop(self) -> None:
        """Asks no more, without a goodbye."""
        for heartbeat in self._heartbeats.values():
            heartbeat.stop()
        for registration in self._registrations.values():
            registration.stop()
