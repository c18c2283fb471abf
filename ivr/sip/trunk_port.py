"""Opens the port of a trunk line for what its trunks are spoken with by."""

from collections.abc import Sequence

from ivr.sip.listening import listen_at, listen_twice_at
from ivr.sip.sippy_connection import Patience
from ivr.sip.sippy_port import Network, TrunkPort, Trunks, carriers_limit
from ivr.sip.sippy_streams import Streams
from ivr.sip.trunks import Transport, Trunk


def networks_of(trunks: Sequence[Trunk], phones: Sequence[Network]) -> Trunks:
    """Who is spoken with, the phones last."""
    by_tcp = [place for place, trunk in enumerate(trunks) if trunk.transport is Transport.TCP]
    return Trunks(*(trunk.peers for trunk in trunks), phones, by_tcp=by_tcp)


def open_port(
    host: str, number: int, *, trunks: Sequence[Trunk], networks: Trunks, patience: Patience
) -> TrunkPort:
    """A port with UDP, and with TCP if a trunk says so.

    Args:
        host: IP address to listen on.
        number: The port's number; 0 takes any free one.
        trunks: As the operator describes them.
        networks: Who is spoken with.
        patience: With TCP connections.

    Raises:
        PortTaken: Another program has the port, or the address is not this machine's.
    """
    limit = carriers_limit()
    if all(trunk.transport is Transport.UDP for trunk in trunks):
        return TrunkPort(listen_at(host, number), trunks=networks, limit=limit)
    sock, listener = listen_twice_at(host, number)
    port = TrunkPort(sock, trunks=networks, limit=limit)
    port.streams = Streams(listener, port=port, trunks=networks, patience=patience)
    return port
