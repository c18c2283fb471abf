"""What is wrong or odd about the districts that are read out. Pure."""

from hotline.directory.nearest import is_covered
from hotline.flows.findings import FlowFinding, Severity
from ivr.flow.definition import FlowDefinition
from ivr.flow.surroundings import Found, Surroundings

_WHOLE = "00"
"""Ends the codes of whole provinces and cities (GB/T 2260)."""


def nameless_centres(definition: FlowDefinition, around: Surroundings) -> Found:
    """Places with a legal-aid centre that no caller can choose by name."""
    named = [each.code for each in definition.districts]
    regions = sorted(around.centre_regions or ())
    nameless = [code for code in regions if not any(_is_in(each, code) for each in named)]
    if nameless:
        codes = ", ".join(nameless)
        text = f"Callers cannot choose by name the places of legal-aid centres: {codes}."
        remedy = "Add them under [[districts]], each with a prompt, and upload the names."
        values = {"codes": codes}
        finding = FlowFinding("centre_nameless", Severity.WARNING, text, remedy, values=values)
        yield finding, ("districts",)


def idle_districts(definition: FlowDefinition, around: Surroundings) -> Found:
    """Districts that are not read out, since no centre could be told for them."""
    if around.centre_regions is None:
        return
    for number, district in enumerate(definition.districts):
        if not is_covered(district.code, around.centre_regions):
            text = f"The district {district.code} is not read out: no legal-aid centre is near it."
            remedy = "Add the centre to the institutions, or take the district out."
            values = {"code": district.code}
            finding = FlowFinding("district_unserved", Severity.NOTE, text, remedy, values=values)
            yield finding, ("districts", number)


def _is_in(district: str, region: str) -> bool:
    while region.endswith(_WHOLE):
        region = region.removesuffix(_WHOLE)
    return district.startswith(region)
