"""What the hotline knows about a caller's matter when legal aid is considered.

Every fact may be unknown, and unknown is never read as no: the rules then ask instead of guessing.
The facts describe the person in need of help, not whoever is on the telephone for them.
"""

from dataclasses import dataclass
from enum import StrEnum

from hotline.intake.matters import Matter


class Role(StrEnum):
    """The part that the person in need plays in the matter."""

    UNKNOWN = "unknown"
    PARTY = "party"
    """A party to a civil or administrative matter, or one who claims state compensation."""
    SUSPECT = "suspect"
    DEFENDANT = "defendant"
    COMPULSORY_TREATMENT = "compulsory_treatment"
    """The person whose compulsory psychiatric treatment is applied for."""
    VICTIM = "victim"
    """The victim in a public prosecution."""
    PRIVATE_PROSECUTOR = "private_prosecutor"
    INCIDENTAL_PLAINTIFF = "incidental_plaintiff"
    """The plaintiff of a civil claim attached to a criminal case."""


class CriminalStage(StrEnum):
    """Where a criminal case stands."""

    UNKNOWN = "unknown"
    NONE = "none"
    INVESTIGATION = "investigation"
    PROSECUTION_REVIEW = "prosecution_review"
    TRIAL_ORDINARY = "trial_ordinary"
    TRIAL_SIMPLIFIED = "trial_simplified"
    TRIAL_FAST_TRACK = "trial_fast_track"
    APPEAL = "appeal"
    DEATH_SENTENCE_REVIEW = "death_sentence_review"
    TRIAL_IN_ABSENTIA = "trial_in_absentia"
    AFTER_JUDGMENT = "after_judgment"
    """The judgment has taken effect."""


class Capacity(StrEnum):
    """How far the person can understand and judge what they do."""

    UNKNOWN = "unknown"
    FULL = "full"
    LIMITED = "limited"
    NONE = "none"


class Means(StrEnum):
    """What the person says of their means, against the province's standard (article 34)."""

    UNKNOWN = "unknown"
    BELOW = "below"
    ABOVE = "above"


class Disability(StrEnum):
    """Kinds of disability that the law tells apart."""

    SIGHT = "sight"
    HEARING = "hearing"
    SPEECH = "speech"
    PHYSICAL = "physical"
    INTELLECTUAL = "intellectual"
    MENTAL = "mental"


class Status(StrEnum):
    """Standings that a document can prove."""

    SOCIAL_ASSISTANCE = "social_assistance"
    JUDICIAL_ASSISTANCE = "judicial_assistance"
    PREFERENTIAL_TREATMENT = "preferential_treatment"
    MILITARY = "military"
    """A soldier, or a close relative who lives on one."""
    VETERAN = "veteran"
    HERO_RELATIVE = "hero_relative"
    """A close relative of a hero or martyr."""


class RetrialStatus(StrEnum):
    """What became of a petition against a judgment that has taken effect."""

    UNKNOWN = "unknown"
    NONE = "none"
    APPLYING = "applying"
    ORDERED = "ordered"
    """The court decided to retry the case, or the procuratorate protested."""
    ACQUITTED = "acquitted"
    """The retrial ended in an acquittal."""


class Applicant(StrEnum):
    """Who speaks for the person in need."""

    UNKNOWN = "unknown"
    SELF = "self"
    LEGAL_REPRESENTATIVE = "legal_representative"
    NEAR_RELATIVE = "near_relative"
    """Spouse, parent, child, sibling, grandparent, grandchild (Civil Code, article 1045)."""
    OTHER = "other"


class UrgentMeasure(StrEnum):
    """Court measures that cannot wait for a decision on legal aid (article 44)."""

    PRESERVE_PROPERTY = "preserve_property"
    PRESERVE_EVIDENCE = "preserve_evidence"
    ADVANCE_ENFORCEMENT = "advance_enforcement"


class ApplicationStage(StrEnum):
    """How far an application for legal aid has already come."""

    NEW = "new"
    DOCUMENTS_MISSING = "documents_missing"
    GRANTED = "granted"
    DISPUTED = "disputed"
    """The caller objects to a decision not to grant aid, or to end it."""


class TerminationGround(StrEnum):
    """Why granted aid may have to end, in the order of article 48."""

    UNKNOWN = "unknown"
    NONE = "none"
    OBTAINED_BY_DECEIT = "obtained_by_deceit"
    CONCEALED_OR_FALSIFIED = "concealed_or_falsified"
    USED_UNLAWFULLY = "used_unlawfully"
    MEANS_CHANGED = "means_changed"
    CASE_CLOSED = "case_closed"
    RETAINED_OWN_COUNSEL = "retained_own_counsel"
    ASKED_TO_END = "asked_to_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFacts:
    """The facts that the preliminary finding rests on; what is not known stays at its default.

    Attributes:
        role: The part the person plays in the matter.
        matter: What the person chiefly asks for.
        further_matters: Other claims that arise from the same events.
        criminal_stage: Where the criminal case stands, if there is one.
        has_counsel: Whether a lawyer or other representative has been retained.
        severe_sentence: Whether life imprisonment or death may be the sentence.
        detained: Whether the person is held (detention centre, prison, compulsory drug treatment).
        age: Full years, 0 to 150.
        disabilities: None when not asked; empty when there is none.
        capacity: How far the person can judge their own acts.
        means: What the person says of their means.
        fixed_income: Whether there is a steady source of livelihood (wages, pension).
        status: Standings a document can prove; None when not asked.
        migrant_worker: Whether the person came from the country to work in a town.
        is_natural_person: False for companies and other organisations.
        is_foreign: Whether the person is a foreign national or stateless.
        domestic_violence: Whether the person suffered domestic violence.
        mistreated: Whether the person suffered cruelty or was abandoned.
        claim_from_harm: Whether the claim arises from that violence, cruelty or abandonment.
        in_danger: Whether the person is in danger at this moment.
        guardian_infringes: Whether the legal representative is the one who does the harm.
        bodily_injury: Whether the accident hurt somebody.
        work_injury_recognised: Whether the authority has recognised the work injury.
        employment_disputed: Whether the employer denies that the person works for it.
        retrial_status: What became of a petition for retrial.
        days_to_deadline: Whole days left until a limitation or other legal time limit ends;
            negative when it has passed, None when unknown.
        urgent_measures: Court measures needed at once; None when not asked.
        applicant: Who speaks for the person.
        application: How far an application has come.
        termination_ground: Why granted aid may have to end.
        litigation: Whether a court, procuratorate or police organ handles the matter.
        handling_place: Where the organ that handles the case or dispute is.
        event_place: Where the events happened.
        region: GB/T 2260 code of the province whose own rules apply; "" when unknown.
        group_size: How many people have the same claim; None when unknown.
    """

    role: Role = Role.UNKNOWN
    matter: Matter = Matter.UNKNOWN
    further_matters: frozenset[Matter] = frozenset()
    criminal_stage: CriminalStage = CriminalStage.UNKNOWN
    has_counsel: bool | None = None
    severe_sentence: bool | None = None
    detained: bool | None = None
    age: int | None = None
    disabilities: frozenset[Disability] | None = None
    capacity: Capacity = Capacity.UNKNOWN
    means: Means = Means.UNKNOWN
    fixed_income: bool | None = None
    status: frozenset[Status] | None = None
    migrant_worker: bool | None = None
    is_natural_person: bool | None = None
    is_foreign: bool | None = None
    domestic_violence: bool | None = None
    mistreated: bool | None = None
    claim_from_harm: bool | None = None
    in_danger: bool | None = None
    guardian_infringes: bool | None = None
    bodily_injury: bool | None = None
    work_injury_recognised: bool | None = None
    employment_disputed: bool | None = None
    retrial_status: RetrialStatus = RetrialStatus.UNKNOWN
    days_to_deadline: int | None = None
    urgent_measures: frozenset[UrgentMeasure] | None = None
    applicant: Applicant = Applicant.UNKNOWN
    application: ApplicationStage = ApplicationStage.NEW
    termination_ground: TerminationGround = TerminationGround.UNKNOWN
    litigation: bool | None = None
    handling_place: str = ""
    event_place: str = ""
    region: str = ""
    group_size: int | None = None

    @property
    def matters(self) -> frozenset[Matter]:
        """Everything asked for, without the marker for unknown."""
        return (self.further_matters | {self.matter}) - {Matter.UNKNOWN}
