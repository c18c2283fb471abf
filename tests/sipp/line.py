"""Arguments of lines under test."""

from ivr.sip.trunks import one_trunk


def with_one_trunk(values: dict[str, object]) -> dict[str, object]:
    """Makes one trunk of the networks in `trunks` and the address in `outbound`."""
    rest = {name: value for name, value in values.items() if name not in ("trunks", "outbound")}
    trunks = one_trunk(values["trunks"], values.get("outbound"))  # type: ignore[arg-type]  # a table of arguments
    return rest | {"trunks": trunks}
