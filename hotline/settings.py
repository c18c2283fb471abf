"""Everything an operator can set, in one place.

Values come from the environment (``HOTLINE_*``), else from ``hotline.env`` in the data directory,
else from the defaults here. docs/settings.md is generated from this class.
"""

import hashlib
import os
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hotline.errors import NotConfigured

# unix(7) has room for 107; a little is left for the server's own temporary names.
_SOCKET_PATH_BYTES = 100

_PORT = Field(ge=0, le=65535)
Port = Annotated[int, _PORT]


class Settings(BaseSettings):
    """The settings of one installation; immutable once read."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_", extra="ignore", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Field(
        default=Path("var"), description="Where everything that must last is kept."
    )
    database_url: str = Field(
        default="", description="SQLAlchemy URL; empty: SQLite in the data directory."
    )
    redis_url: str = Field(
        default="", description="Redis or Valkey URL; empty: an embedded Valkey is started."
    )
    host: str = Field(default="127.0.0.1", description="Address the web faces listen on.")
    http_port: Port = Field(default=8000, description="Port of console, API and citizen's page.")
    audio_port: Port = Field(
        default=0, description="Port of the browsers' audio; 0: the web port plus one."
    )
    public_host: str = Field(
        default="", description="Host name browsers use for the audio; empty: as they came."
    )
    sip_host: str = Field(default="127.0.0.1", description="Address SIP and RTP listen on.")
    sip_public_host: str = Field(
        default="",
        description="Address peers send audio to; empty: the SIP address (not if 0.0.0.0).",
    )
    sip_port: Port = Field(default=5060, description="UDP port of SIP.")
    rtp_ports: str = Field(
        default="20000-29999",
        description="UDP ports: RTP on even ones, RTCP on the odd ones above.",
    )
    trunks: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("127.0.0.0/8",), description="Peers that may call, as a CIDR list."
    )
    trunk_outbound: str = Field(
        default="",
        description="host:port that call-backs are dialled through; empty: calling back waits.",
    )
    trunk_heartbeat_seconds: float = Field(
        default=30.0,
        ge=0,
        description="How often HOTLINE_TRUNK_OUTBOUND is asked with OPTIONS whether it is there; "
        "0: never, for a peer that does not answer them.",
    )
    trunk_file: Path | None = Field(
        default=None,
        description="TOML file with several trunks, in place of HOTLINE_TRUNKS and "
        "HOTLINE_TRUNK_OUTBOUND (docs/operations.md); empty: one trunk is made of those.",
    )
    pbx_server: str = Field(
        default="",
        description="host:port of an office PBX; set, we are its extension and have no trunk.",
    )
    pbx_extension: str = Field(default="", description="Our extension on the PBX.")
    pbx_password: SecretStr = Field(
        default=SecretStr(""), description="The extension's password, if not in a file."
    )
    pbx_password_file: Path | None = Field(
        default=None, description="File that holds the extension's password and nothing else."
    )
    phones: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Networks that lawyers' SIP phones may register from, as a CIDR list; "
        "empty: none may.",
    )
    caller_id: str = Field(
        default="12348", description="Number shown to citizens who are called back."
    )
    media_engines: str = Field(
        default="1",
        pattern=r"^(auto|[1-9][0-9]?)$",
        description="Media engine processes that share the calls; auto: one a core but one.",
    )
    max_calls: int = Field(default=200, ge=1, description="More calls than this get 503.")
    calls_per_second: int = Field(default=30, ge=1, description="Faster arrivals get 503.")
    languages: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("zh", "bo", "en", "ko"),
        description="Which of the flow file's languages are offered; keys stay.",
    )
    hours: str = Field(
        default="24x7", description="24x7, or the name of a timetable in the flow file."
    )
    tls_cert: Path | None = Field(default=None, description="PEM certificate for HTTPS.")
    tls_key: Path | None = Field(default=None, description="PEM key for HTTPS.")
    timezone: str = Field(default="Asia/Shanghai", description="Time zone of hours and days.")
    demo: bool = Field(
        default=False, description="Demo mode: `hotline seed-demo` may make users with known words."
    )
    asr_port: Port = Field(default=9020, description="UDP port that takes the speech fork.")
    asr_engines: str = Field(
        default="zh=whisper,en=whisper,ko=vosk",
        description="Speech engine per language: whisper, vosk, vosk:PATH-or-MODEL, none, or "
        "remote:ws://HOST:2700|ws://HOST:2700|whisper (vosk-servers, and what takes over).",
    )
    vosk_url: str = Field(
        default="https://alphacephei.com/vosk/models",
        description="Where `hotline models install` fetches Vosk models the operator asks for.",
    )
    tell_listening: bool = Field(
        default=True, description="Lawyers are told when a supervisor listens to their call."
    )
    offer_seconds: float = Field(default=20.0, gt=0, description="How long an offer rings.")
    wrap_up_seconds: float = Field(default=60.0, ge=0, description="Time to finish the ticket.")
    rtp_timeout_seconds: float = Field(
        default=30.0, gt=0, description="A caller silent on the wire this long has gone."
    )
    session_hours: float = Field(default=12.0, gt=0, description="How long a sign-in lasts.")
    sms_url: str = Field(
        default="",
        pattern=r"^(https?://.+)?$",
        description="Takes text messages by POST (docs/callers.md); empty: none are sent.",
    )
    sms_token_file: Path | None = Field(
        default=None, description="File with the bearer token for it."
    )
    flow_file: Path | None = Field(default=None, description="Own flow file; empty: the shipped.")
    log_level: str = Field(default="INFO", description="Least level written to the log.")

    @field_validator("trunks", "phones", "languages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("trunks", "phones")
    @classmethod
    def _check_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            ip_network(part, strict=False)
        return value

    @field_validator("timezone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError) as error:
            raise ValueError("not a known time zone, write for example Asia/Shanghai") from error
        return value

    @field_validator("rtp_ports")
    @classmethod
    def _check_ports(cls, value: str) -> str:
        low, separator, high = value.partition("-")
        if not (separator and low.isdigit() and high.isdigit() and int(low) + 2 <= int(high)):
            raise ValueError("write a range such as 20000-29999")
        return value

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of opening hours and day counters."""
        return ZoneInfo(self.timezone)

    @property
    def rtp_port_range(self) -> range:
        """The ports of `rtp_ports`."""
        low, _, high = self.rtp_ports.partition("-")
        return range(int(low), int(high) + 1)

    @property
    def trunk_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """`trunks` as networks."""
        return tuple(ip_network(part, strict=False) for part in self.trunks)

    @property
    def phone_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """`phones` as networks."""
        return tuple(ip_network(part, strict=False) for part in self.phones)

    @property
    def trunk_outbound_address(self) -> tuple[str, int] | None:
        """Where outbound calls go, or None when no trunk takes them."""
        host, separator, port = self.trunk_outbound.rpartition(":")
        return (host, int(port)) if separator else None

    @property
    def can_dial(self) -> bool:
        """Whether any trunk, or the PBX, takes outbound calls."""
        # What the trunk file holds is the telephone side's to know; its own check warns of a file
        # without a way out.
        has_trunk = self.trunk_file is not None or self.trunk_outbound_address is not None
        return has_trunk or bool(self.pbx_server)

    @property
    def media_host_used(self) -> str:
        """The address written into SDP."""
        return self.sip_public_host or self.sip_host

    @property
    def audio_port_used(self) -> int:
        """The audio gateway's port."""
        return self.audio_port or self.http_port + 1

    @property
    def database_url_used(self) -> str:
        """The database's URL, with the default filled in."""
        path = (self.data_dir / "hotline.db").absolute()
        return self.database_url or f"sqlite:///{path}"

    @property
    def redis_url_used(self) -> str:
        """The bus's URL, with the default filled in."""
        return self.redis_url or f"unix://{quote(str(self.valkey_socket))}"

    @property
    def valkey_socket(self) -> Path:
        """The embedded server's socket.

        In the data directory, or where its path would be too long for the kernel (108 bytes with
        the closing zero, unix(7)) in a directory of our own below /tmp.
        """
        path = (self.data_dir / "valkey" / "valkey.sock").absolute()
        if len(os.fsencode(path)) <= _SOCKET_PATH_BYTES:
            return path
        name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
        return Path("/tmp") / f"hotline-{os.getuid()}-{name}" / "valkey.sock"  # noqa: S108 - hotline.valkey makes it ours alone

    @property
    def is_tls(self) -> bool:
        """Whether the web faces are served over HTTPS."""
        return self.tls_cert is not None and self.tls_key is not None

    @property
    def key_file(self) -> Path:
        """The key that personal data are encrypted with."""
        return self.data_dir / "keys" / "personal-data.key"

    @property
    def recordings_dir(self) -> Path:
        """Where recordings are written."""
        return self.data_dir / "recordings"

    @property
    def prompts_dir(self) -> Path:
        """Where an operator drops prompts of their own, as `<language>/<key>.wav`."""
        return self.data_dir / "prompts"

    @property
    def models_dir(self) -> Path:
        """Where speech models that the operator asked for are installed."""
        return self.data_dir / "models"


def load_settings(data_dir: Path | str | None = None, **overrides: object) -> Settings:
    """Reads the settings.

    Args:
        data_dir: The data directory; the environment's or `var` if not given.
        **overrides: Values that win over environment and file, such as command-line options;
            None means not given.

    Raises:
        NotConfigured: A value cannot be used; the message names the setting and the remedy.
    """
    directory = Path(data_dir or os.environ.get("HOTLINE_DATA_DIR") or "var")
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(
            _env_file=directory / "hotline.env",
            data_dir=directory,
            **given,  # type: ignore[arg-type]  # pydantic checks them
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = "HOTLINE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise NotConfigured(f"The setting {name} cannot be used: {first['msg']}.") from error
