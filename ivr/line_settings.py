"""The telephone line of this installation: a trunk's, or that of an extension on an office PBX."""

from hotline.agents.phones import REALM
from hotline.errors import NotConfigured
from hotline.settings import Settings
from ivr.sip.digest import Credentials
from ivr.sip.line import Line
from ivr.sip.pbx_line import PbxLine
from ivr.sip.sippy_phones import PhoneDesk
from ivr.sip.trunk_line import TrunkLine
from ivr.trunk_settings import configured_trunks

_USER_AGENT = "legal-hotline"
_DEFAULT_SIP_PORT = 5060


def configured_line(settings: Settings) -> Line:
    """The line that calls come and go by, not started.

    Raises:
        NotConfigured: The trunk file or the PBX's settings cannot be used.
    """
    if settings.pbx_server:
        return PbxLine(
            host=settings.sip_host,
            port=settings.sip_port,
            server=_server(settings.pbx_server),
            credentials=_credentials(settings),
            max_calls=settings.max_calls,
            user_agent=_USER_AGENT,
        )
    return TrunkLine(
        host=settings.sip_host,
        port=settings.sip_port,
        trunks=configured_trunks(settings),
        max_calls=settings.max_calls,
        calls_per_second=settings.calls_per_second,
        user_agent=_USER_AGENT,
        phones=_phones(settings),
    )


def _phones(settings: Settings) -> PhoneDesk | None:
    if not settings.phone_networks:
        return None
    return PhoneDesk(settings.phone_networks, realm=REALM, user_agent=_USER_AGENT)


def _server(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not separator:
        return text, _DEFAULT_SIP_PORT
    if not (port.isdigit() and 0 < int(port) < 65536):
        raise NotConfigured("Write HOTLINE_PBX_SERVER as host:port, for example 10.0.0.5:5060.")
    return host, int(port)


def _credentials(settings: Settings) -> Credentials:
    if not settings.pbx_extension:
        raise NotConfigured("HOTLINE_PBX_SERVER needs HOTLINE_PBX_EXTENSION, our extension there.")
    password = settings.pbx_password.get_secret_value()
    path = settings.pbx_password_file
    if path is not None:
        try:
            password = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise NotConfigured(
                f"The file of HOTLINE_PBX_PASSWORD_FILE cannot be read "
                f"({error.__class__.__name__})."
            ) from None
    if not password:
        raise NotConfigured(
            "HOTLINE_PBX_SERVER needs HOTLINE_PBX_PASSWORD_FILE or HOTLINE_PBX_PASSWORD, the "
            "extension's password."
        )
    return Credentials(settings.pbx_extension, password)
