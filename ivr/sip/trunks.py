"""Trunks as the operator describes them, read without I/O.

A trunk is a way to the telephone network: who may call by it, how it is dialled through, what it
may carry. Several stand in one TOML file, in the order in which calls are dialled through them;
docs/operations.md has an example.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import combinations
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hotline.errors import NotConfigured
from ivr.sip.digest import Credentials

Network = IPv4Network | IPv6Network

DEFAULT_SIP_PORT = 5060
# Common at carriers; a trunk that died is noticed within two minutes.
DEFAULT_HEARTBEAT_SECONDS = 30.0
DEFAULT_EXPIRES_SECONDS = 3600
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)


class TrunkFileError(NotConfigured):
    """The trunk file cannot be used; the message names the trunk and the key."""


class Transport(StrEnum):
    """What carries a trunk's SIP."""

    UDP = "udp"
    TCP = "tcp"


@dataclass(frozen=True, slots=True)
class Registrar:
    """Where a trunk wants us to register.

    Attributes:
        address: Its name or IP address, and port.
        domain: Whose user we are; stands in From, To and the request URI.
        expires_seconds: For how long we ask.
    """

    address: tuple[str, int]
    domain: str
    expires_seconds: int = DEFAULT_EXPIRES_SECONDS


@dataclass(frozen=True, slots=True)
class Trunk:
    """One way to the telephone network.

    Attributes:
        name: What people call it.
        peers: Networks that may call by it.
        outbound: Name or IP address and port that calls are dialled through, None if inbound only.
        domain: What stands behind the @ of numbers dialled through it.
        credentials: With which challenges of this trunk are answered.
        registrar: Where we register, None if nowhere.
        trusts_identity: Whether its P-Asserted-Identity is believed (RFC 3325 section 8).
        shown_number: The number shown to those called through it; empty: whoever dials says it.
        strip: Taken away from the front of a dialled number, if it is there.
        add: Put in front of a dialled number, after `strip`.
        max_calls: Calls at the same time by it, both ways; None: as many as the line carries.
        calls_per_second: New calls from it per second on average; None: as many as the line takes.
        heartbeat_seconds: How often it is asked with OPTIONS whether it is there; 0: never.
        transport: What carries its SIP, both ways; nothing else is heard from its peers.
    """

    name: str
    peers: tuple[Network, ...] = ()
    outbound: tuple[str, int] | None = None
    domain: str = ""
    credentials: Credentials | None = field(default=None, repr=False)
    registrar: Registrar | None = None
    trusts_identity: bool = True
    shown_number: str = ""
    strip: str = ""
    add: str = ""
    max_calls: int | None = None
    calls_per_second: float | None = None
    heartbeat_seconds: float = 0.0
    transport: Transport = Transport.UDP

    def dialled(self, number: str) -> str:
        """A number as this trunk wants it dialled."""
        return self.add + number.removeprefix(self.strip)


def one_trunk(
    peers: Sequence[Network],
    outbound: tuple[str, int] | None = None,
    *,
    heartbeat_seconds: float = 0.0,
) -> tuple[Trunk]:
    """The trunk of an installation that has but one, with the line's own caps."""
    return (
        Trunk(
            name="trunk",
            peers=tuple(peers),
            outbound=outbound,
            domain=outbound[0] if outbound else "",
            heartbeat_seconds=heartbeat_seconds,
        ),
    )


def read_trunks(text: str, *, read_secret: Callable[[str], str]) -> tuple[Trunk, ...]:
    """The trunks of a TOML file, in its order.

    Args:
        text: The file's content.
        read_secret: Gives the content of a password file by its name.

    Raises:
        TrunkFileError: The file is no TOML, has an unknown key or a value that cannot be used.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TrunkFileError(f"The trunk file is no TOML: {error}.") from error
    tables = content.pop("trunk", None)
    if content or not isinstance(tables, list) or not tables:
        raise TrunkFileError("The trunk file must hold [[trunk]] tables and nothing else.")
    trunks = tuple(
        _read_trunk(table, _label(table, index), read_secret=read_secret)
        for index, table in enumerate(tables, 1)
    )
    names = [trunk.name for trunk in trunks]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise TrunkFileError(f'Two trunks are named "{doubles[0]}"; give each a name of its own.')
    for one, other in combinations(trunks, 2):
        shared = _shared(one, other) if one.transport is not other.transport else None
        if shared:
            raise TrunkFileError(
                f'Trunks "{one.name}" and "{other.name}" share {shared}: an address belongs to one '
                "transport (docs/adr/0027); give both the same, or addresses of their own."
            )
    return trunks


def _shared(one: Trunk, other: Trunk) -> str | None:
    """Where both trunks are, as far as that shows without looking names up."""
    return next(
        (mine for mine in _places(one) for theirs in _places(other) if _overlap(mine, theirs)), None
    )


def _places(trunk: Trunk) -> list[str]:
    """Networks, hosts and names of a trunk."""
    addresses = trunk.outbound, trunk.registrar.address if trunk.registrar else None
    return [*map(str, trunk.peers), *(address[0] for address in addresses if address)]


def _overlap(one: str, other: str) -> bool:
    try:
        mine, theirs = ip_network(one), ip_network(other)
    except ValueError:
        return one == other
    return mine.version == theirs.version and mine.overlaps(theirs)


def _split_address(value: str) -> tuple[str, int]:
    """Host and port of ``host``, ``host:port`` or ``[IPv6]:port``."""
    host, separator, port = value.rpartition(":") if not value.endswith("]") else (value, "", "")
    if not separator:
        host, port = value, str(DEFAULT_SIP_PORT)
    is_literal = host.startswith("[") and host.endswith("]")
    if not (is_literal or _HOST.fullmatch(host)) or not port.isdecimal() or int(port) > 65535:
        raise ValueError("write host:port")
    return host.strip("[]"), int(port)


def _check_address(value: str) -> str:
    _split_address(value)
    return value


def _check_transport(value: str) -> str:
    if value.lower() not in list(Transport):
        raise ValueError('write "udp" or "tcp"; TLS ends at the edge proxy (docs/architecture.md)')
    return value.lower()


def _check_networks(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            ip_network(value, strict=False)
        except ValueError:
            raise ValueError("write IP addresses or networks such as 10.20.0.0/24") from None
    return values


_HostPort = Annotated[str, AfterValidator(_check_address)]
_Digits = Annotated[str, Field(pattern=r"^\+?[0-9*#]{0,24}$")]


class _Table(BaseModel):
    """One ``[[trunk]]`` as it stands in the file."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    name: str = Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]*$")
    peers: Annotated[tuple[str, ...], Field(strict=False), AfterValidator(_check_networks)] = ()
    transport: Annotated[str, AfterValidator(_check_transport)] = "udp"
    outbound: _HostPort | None = None
    domain: str = ""
    registrar: _HostPort | None = None
    expires_seconds: int = Field(default=DEFAULT_EXPIRES_SECONDS, ge=60, le=86_400)
    username: str = ""
    password: str = Field(default="", repr=False)
    password_file: str = ""
    trust_identity: bool = True
    shown_number: _Digits = ""
    strip: _Digits = ""
    add: _Digits = ""
    max_calls: int | None = Field(default=None, ge=1)
    calls_per_second: float | None = Field(default=None, gt=0)
    heartbeat_seconds: float = Field(default=DEFAULT_HEARTBEAT_SECONDS, ge=0)


def _label(table: object, index: int) -> str:
    name = table.get("name") if isinstance(table, dict) else None
    return f'"{name}"' if isinstance(name, str) and name else f"number {index}"


def _read_trunk(table: object, label: str, *, read_secret: Callable[[str], str]) -> Trunk:
    try:
        values = _Table.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "table"
        what = first["msg"].removeprefix("Value error, ")
        raise TrunkFileError(f"Trunk {label}, key {key}: {what}.") from None
    problem = _contradiction(values)
    if problem:
        raise TrunkFileError(f"Trunk {label}, key {problem}.")
    return _trunk(values, _credentials(values, label, read_secret=read_secret))


def _contradiction(values: _Table) -> str | None:
    if not (values.peers or values.outbound or values.registrar):
        return "peers: give peers, outbound or registrar, or nothing can come or go"
    if values.password and values.password_file:
        return "password: give it or password_file, not both"
    if values.registrar and not values.username:
        return "username: a registrar needs one"
    if (values.password or values.password_file) and not values.username:
        return "username: a password needs one"
    if values.username and not (values.password or values.password_file):
        return "password: give it, or better password_file"
    return None


def _credentials(
    values: _Table, label: str, *, read_secret: Callable[[str], str]
) -> Credentials | None:
    if not values.username:
        return None
    password = values.password
    if values.password_file:
        try:
            password = read_secret(values.password_file).strip("\r\n")
        except (OSError, UnicodeError) as error:
            raise TrunkFileError(
                f"Trunk {label}, key password_file: it cannot be read ({error.__class__.__name__})."
            ) from None
    return Credentials(values.username, password)


def _trunk(values: _Table, credentials: Credentials | None) -> Trunk:
    outbound = _split_address(values.outbound) if values.outbound else None
    registrar = _split_address(values.registrar) if values.registrar else None
    domain = values.domain or (outbound or registrar or ("", 0))[0]
    return Trunk(
        name=values.name,
        peers=tuple(ip_network(peer, strict=False) for peer in values.peers),
        outbound=outbound,
        domain=domain,
        credentials=credentials,
        registrar=Registrar(registrar, domain, values.expires_seconds) if registrar else None,
        trusts_identity=values.trust_identity,
        shown_number=values.shown_number,
        strip=values.strip,
        add=values.add,
        max_calls=values.max_calls,
        calls_per_second=values.calls_per_second,
        heartbeat_seconds=values.heartbeat_seconds,
        transport=Transport(values.transport),
    )
