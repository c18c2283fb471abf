"""Single conditions on the facts, in the words of the law; rules are made of them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hotline.intake.facts import (
    Capacity,
    CriminalStage,
    Disability,
    IntakeFacts,
    RetrialStatus,
    Role,
    Status,
)
from hotline.intake.logic import NO, YES, Verdict, all_of, any_of, known, negate
from hotline.intake.matters import MATTERS, Matter

ADULT_AGE = 18
"""Full years (Law on the Protection of Minors, article 2)."""

OLD_AGE = 60
"""Full years (Law on the Protection of the Rights of the Elderly, article 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRules:
    """What a province adds to the national grounds; the national rules alone when empty.

    Attributes:
        region: GB/T 2260 code of the province.
        source: The provincial regulation, in Chinese.
        matters: Further matters for people of small means (article 31, item 9).
        unconditional_matters: Further matters whatever the means (article 32, item 5).
        exempt_status: Further standings that prove small means (article 42, item 4).
        military_unconditional: Whether soldiers and their families get aid whatever their means.
    """

    region: str = ""
    source: str = ""
    matters: frozenset[Matter] = frozenset()
    unconditional_matters: frozenset[Matter] = frozenset()
    exempt_status: frozenset[Status] = frozenset()
    military_unconditional: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """The facts, and the local rules they are held against."""

    facts: IntakeFacts
    local: LocalRules = field(default_factory=LocalRules)


Condition = Callable[[Case], Verdict]


def always(_case: Case) -> Verdict:
    """Holds for everybody."""
    return YES


def no_counsel(case: Case) -> Verdict:
    """Nobody has been retained to defend or represent the person."""
    return negate(known(case.facts.has_counsel, "has_counsel"))


def has_counsel(case: Case) -> Verdict:
    """Somebody has been retained."""
    return known(case.facts.has_counsel, "has_counsel")


def role_is(case: Case, *roles: Role) -> Verdict:
    """The person plays one of these parts."""
    if case.facts.role is Role.UNKNOWN:
        return Verdict(None, ("role",))
    return YES if case.facts.role in roles else NO


def stage_is(case: Case, *stages: CriminalStage) -> Verdict:
    """The criminal case stands at one of these stages."""
    if case.facts.criminal_stage is CriminalStage.UNKNOWN:
        return Verdict(None, ("criminal_stage",))
    return YES if case.facts.criminal_stage in stages else NO


def asks_for(case: Case, *matters: Matter) -> Verdict:
    """One of these matters is what the person asks for."""
    if case.facts.matters & set(matters):
        return YES
    return Verdict(None, ("matter",)) if case.facts.matter is Matter.UNKNOWN else NO


def retrial_is(case: Case, status: RetrialStatus) -> Verdict:
    """The petition against a judgment in force has come to this."""
    if case.facts.retrial_status is RetrialStatus.UNKNOWN:
        return Verdict(None, ("retrial_status",))
    return YES if case.facts.retrial_status is status else NO


def has_status(case: Case, *statuses: Status) -> Verdict:
    """The person has one of these standings."""
    if case.facts.status is None:
        return Verdict(None, ("status",))
    return YES if case.facts.status & set(statuses) else NO


def has_disability(case: Case, *disabilities: Disability) -> Verdict:
    """The person has one of these disabilities; any disability when none is named."""
    if case.facts.disabilities is None:
        return Verdict(None, ("disabilities",))
    wanted = set(disabilities) or set(Disability)
    return YES if case.facts.disabilities & wanted else NO


def is_minor(case: Case) -> Verdict:
    """The person is younger than eighteen."""
    age = case.facts.age
    return known(None if age is None else age < ADULT_AGE, "age")


def is_old(case: Case) -> Verdict:
    """The person is sixty or older."""
    age = case.facts.age
    return known(None if age is None else age >= OLD_AGE, "age")


def lacks_capacity(case: Case) -> Verdict:
    """The person cannot, or cannot fully, understand and judge their own acts."""
    if case.facts.capacity is Capacity.UNKNOWN:
        return Verdict(None, ("capacity",))
    return YES if case.facts.capacity in (Capacity.LIMITED, Capacity.NONE) else NO


def needs_representative(case: Case) -> Verdict:
    """Somebody else applies for the person: a minor, or an adult without full capacity."""
    return any_of(is_minor(case), lacks_capacity(case))


def is_citizen(case: Case) -> Verdict:
    """The person is neither a foreign national nor stateless."""
    return negate(known(case.facts.is_foreign, "is_foreign"))


def is_harmed(case: Case) -> Verdict:
    """The person suffered domestic violence or cruelty, or was abandoned."""
    return any_of(
        known(case.facts.domestic_violence, "domestic_violence"),
        known(case.facts.mistreated, "mistreated"),
    )


def claims_for_harm(case: Case) -> Verdict:
    """What is asked for arises from violence at home, cruelty or abandonment (article 32)."""
    arises = {MATTERS[matter].from_harm for matter in case.facts.matters}
    by_nature = YES if True in arises else asks_for(case)
    as_told = known(case.facts.claim_from_harm, "claim_from_harm") if None in arises else NO
    return all_of(any_of(by_nature, as_told), is_harmed(case))
