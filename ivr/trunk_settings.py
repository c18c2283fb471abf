"""The trunks of this installation: from its trunk file, or one made of the settings."""

from pathlib import Path

from hotline.settings import Settings
from ivr.sip.trunks import Trunk, TrunkFileError, one_trunk, read_trunks


def configured_trunks(settings: Settings) -> tuple[Trunk, ...]:
    """The trunks that calls come and go by.

    Raises:
        TrunkFileError: The trunk file is missing or cannot be used.
    """
    if settings.trunk_file is None:
        return one_trunk(
            settings.trunk_networks,
            settings.trunk_outbound_address,
            heartbeat_seconds=settings.trunk_heartbeat_seconds,
        )
    path = settings.trunk_file
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise TrunkFileError(
            f"The trunk file {path} cannot be read ({error.__class__.__name__})."
        ) from error
    # Beside the trunk file, unless the path is absolute.
    return read_trunks(text, read_secret=lambda name: (path.parent / Path(name)).read_text())


def describe(trunk: Trunk) -> str:
    """One line about a trunk for the operator, without its password."""
    peers = ", ".join(str(peer) for peer in trunk.peers)
    parts = [f"{peers} may call" if peers else "nobody may call but the registrar"]
    if trunk.outbound:
        parts.append(f"dialled through {trunk.outbound[0]}:{trunk.outbound[1]}")
    if trunk.registrar:
        parts.append(f"registered with {trunk.registrar.address[0]}")
    if trunk.max_calls:
        parts.append(f"{trunk.max_calls} calls")
    if trunk.heartbeat_seconds and trunk.outbound:
        parts.append(f"asked every {trunk.heartbeat_seconds:g} s")
    return f"{trunk.name}: {', '.join(parts)}"


def doctor(settings: Settings) -> list[tuple[bool, str, str]]:
    """What `hotline doctor` says of trunks: is it well, what, the remedy."""
    if settings.pbx_server:
        # Whether it takes us for its extension shows when the line starts.
        return [(True, f"no trunk, but the office PBX at {settings.pbx_server}", "")]
    try:
        trunks = configured_trunks(settings)
    except TrunkFileError as error:
        return [(False, "trunks", str(error))]
    rows = [(True, f"trunk {describe(trunk)}", "") for trunk in trunks]
    can_dial = any(trunk.outbound for trunk in trunks)
    return [
        *rows,
        (
            can_dial,
            "a trunk to dial out through",
            "call-backs wait: set HOTLINE_TRUNK_OUTBOUND, or outbound in the trunk file",
        ),
    ]
