"""sippy's parts put together on a socket of ours."""

from collections.abc import Callable
from typing import Any

import sippy.SipTransactionManager
from sippy.SipConf import MyAddress, MyPort

from ivr.sip.sippy_port import TrunkPort
from ivr.sip.sippy_transactions import Transactions


def build_stack(
    port: TrunkPort, receive_request: Callable[[Any, Any], Any]
) -> tuple[dict[str, Any], Transactions]:
    """Sippy's configuration for a line, and its transactions.

    Args:
        port: What is spoken by.
        receive_request: Told each request that belongs to no call.
    """
    config: dict[str, Any] = {
        "_sip_address": MyAddress(),
        "_sip_port": MyPort(0),
        "_sip_logger": _NoLog(),
        "_trunk_port": port,
    }
    config["_sip_tm"] = transactions = Transactions(config, receive_request)
    return config, transactions


def _port_of(config: dict[str, Any], *_: object) -> TrunkPort:
    """Stands in for the class that opens sippy's own sockets."""
    port: TrunkPort = config["_trunk_port"]
    return port


sippy.SipTransactionManager.local4remote = _port_of


class _NoLog:
    def write(self, *_: object, **__: object) -> None:
        """SIP messages carry numbers, so they are never logged."""
