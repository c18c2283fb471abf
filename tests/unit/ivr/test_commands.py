"""`hotline flow simulate`, as it is typed."""

import argparse

import pytest

from hotline.house import House
from hotline.tables import Institution
from ivr.commands import register_flow

AT = "2027-01-05T10:00"


def simulate(capsys: pytest.CaptureFixture[str], house: House, script: str) -> str:
    """What the command prints in the house's directory."""
    parser = argparse.ArgumentParser()
    register_flow(parser.add_subparsers())
    typed = ["flow", "simulate", "--data-dir", str(house.settings.data_dir), "--at", AT]
    arguments = parser.parse_args([*typed, "--script", script])
    assert arguments.run(arguments) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(("region", "is_read_out"), [("110108", True), ("510104", False)])
def test_simulate__reads_out_the_districts_that_calls_read_out(
    capsys: pytest.CaptureFixture[str], house: House, region: str, is_read_out: bool
) -> None:
    with house.database.session() as session:
        kind, phones = "legal_aid_centre", ["12348"]
        session.add(
            Institution(id="inst_a", kind=kind, name="a", region_code=region, phones=phones)
        )

    paper = simulate(capsys, house, "key 1; key 8; key 2; wait 3")

    assert ("东城区" in paper) is is_read_out


def test_simulate__without_centres_the_number_of_the_district_is_typed(
    capsys: pytest.CaptureFixture[str], house: House
) -> None:
    script = "finds centre_found 12348; key 1; key 8; key 2"
    typed = "; ".join(f"key {digit}" for digit in "110108")

    paper = simulate(capsys, house, f"{script}; {typed}; wait 5")

    assert "东城区" not in paper
    assert "look up Question.CENTRE ('110108',) zh" in paper
    assert "[info_telling]" in paper
