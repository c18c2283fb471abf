"""Where a call can be, and all that the flow remembers of it."""

from dataclasses import dataclass, field
from enum import Enum

from ivr.flow.expected import Expected
from ivr.flow.parties import Parties
from ivr.flow.questions import Question
from ivr.flow.reasons import EndReason


class State(Enum):
    """A place in the call; the value is the name used in logs, tests and the diagram."""

    NEW = "new"
    """Nothing has happened yet."""
    ANSWERING = "answering"
    """We answered; the caller's confirmation is on its way."""
    NOTICE = "notice"
    """The caller hears that the call will be recorded."""
    LANGUAGE_MENU = "language_menu"
    SPOKEN_TOPIC = "spoken_topic"
    """The caller says in a few words what it is about; keys work as in the menu of topics."""
    TOPIC_MENU = "topic_menu"
    INFO_MENU = "info_menu"
    """Information without a person: what about?"""
    INFO_TYPING = "info_typing"
    """The caller types a number for it."""
    INFO_DISTRICT = "info_district"
    """The caller hears districts, and chooses one by key."""
    INFO_LOOKUP = "info_lookup"
    """It is being looked up; hold audio."""
    INFO_TELLING = "info_telling"
    """The caller hears it, and what else can be done."""
    ENQUEUEING = "enqueueing"
    """We asked for a place in the queue; hold audio."""
    ANNOUNCING = "announcing"
    """In the queue, the caller hears the position."""
    HOLDING = "holding"
    """In the queue, hold audio."""
    BOOKING = "booking"
    """The caller asked to be called back; we wait for the request to be written."""
    CONFIRMING_NUMBER = "confirming_number"
    """The caller asked to be called back and hears which number will be dialled."""
    TYPING_NUMBER = "typing_number"
    """The caller types another number to be called back."""
    MESSAGE_PROMPT = "message_prompt"
    """The caller, who will be called back, hears how to leave a message."""
    MESSAGE = "message"
    """The caller speaks a message, which is recorded."""
    CLOSED_MENU = "closed_menu"
    """Nobody is there now: the caller may ask to be called back."""
    DIALLING = "dialling"
    """Call back: a lawyer waits, the citizen's telephone rings."""
    CALLBACK_NOTICE = "callback_notice"
    """Call back: the citizen hears who calls, and that it is recorded."""
    CONNECTING = "connecting"
    """A lawyer accepted, the caller hears so."""
    AWAITING_LAWYER = "awaiting_lawyer"
    """A lawyer accepted, the caller hears a ring tone until the lawyer's audio is there."""
    TALKING = "talking"
    LAWYER_LOST = "lawyer_lost"
    """The lawyer's audio is gone for a moment; hold audio."""
    ON_HOLD = "on_hold"
    """The lawyer put the caller on hold, alone or to consult a third party; hold audio."""
    TRANSFERRING = "transferring"
    """A third party is being reached who shall take the caller over; ring tone."""
    TRANSFERRED = "transferred"
    """The caller talks with a third party outside the hotline; the lawyer has left."""
    RATING_MENU = "rating_menu"
    FAREWELL = "farewell"
    """Last words; then we hang up."""
    ENDED = "ended"
    """Over. Nothing changes any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """What the flow knows of one call. The runner keeps it and hands it to each `step`.

    Attributes:
        state: Where the call is.
        visit: Counts waits; a timer carries the one it belongs to, so that stale timers fall flat.
        play: Counts plays, for the same reason.
        language: Language of the prompts and of the lawyer wanted.
        topic: Topic wanted; None means any.
        attempts: Failed attempts in the present menu.
        replays: How often the present question was asked again at the caller's wish.
        asked_aloud: The caller was asked what it is about, or has shown to prefer keys.
        listening: A recogniser hears the caller.
        words_due: That question has been said to its end.
        heard: What the recogniser understood, piece by piece; personal data.
        understood: The topic follows from the caller's words, and the caller has not been told.
        branch: Topic whose menu below is being asked; None for the topic menu itself.
        before: Announcements to be said before anything else: prompt keys.
        after: Announcements to be said after the recording notice.
        typed: Keys pressed before the menus began.
        slow: The caller wants, or is of an age to like, prompts spoken more slowly.
        straight: The caller goes to a person without menus.
        elderly: The caller pressed the key for those of 60 and more.
        emergency: The caller pressed the emergency key.
        hint_due: The caller has not been told yet that an emergency is for 110, too.
        refused: The caller does not want to be recorded.
        question: What the caller wants to know without a person.
        answers: Numbers typed for it, the last one perhaps not whole yet; personal data.
        page: Which part of the districts is read out; counts on over all rounds.
        lookups: How often a ticket has been asked for in this call.
        told: What was found, to be said again.
        number_known: The caller can be called back.
        tail: The last digits of the caller's number, to be read out to the caller alone.
        wished: The number that the caller has typed to be called back; empty for the calling one.
        open: The hotline was open when the call arrived.
        apology_due: A talk was cut off, and the caller has not been told so yet.
        moved_on: The lawyer sent the caller to other lawyers, who serve the caller first.
        is_callback: We called the citizen.
        queued: A place in the queue is open, or has been asked for.
        position: Place in the queue, 1 is next; None when not known.
        announced: The position the caller last heard.
        expected: How long it will take; None when not known.
        announced_wait: The range of waiting the caller last heard.
        long_told: The caller has been offered a call back because the wait is long.
        message_told: The caller has been told how to leave a message.
        leaving_message: The call back that is being booked is for a message.
        quiet_rounds: Announcement intervals since the caller last heard a word.
        lawyer: Id of the present lawyer's user.
        leg: Id of the present lawyer's audio leg.
        by_phone: The present lawyer's leg is a telephone that we dial.
        lawyer_heard: The present lawyer's audio is there.
        bridged: Caller and lawyer hear each other.
        muted: Who is heard by nobody: `ivr.flow.mixing.LAWYER`, ids of parties.
        recording: The call's recording runs.
        paused: The recording holds silence for now.
        parties: Everybody else who is in the call or being reached for it.
        rating: 1 to 4, once given.
        end_reason: Why the call ended, or is about to.
    """

    state: State = State.NEW
    visit: int = 0
    play: int = 0
    language: str = "zh"
    topic: str | None = None
    attempts: int = 0
    replays: int = 0
    asked_aloud: bool = False
    listening: bool = False
    words_due: bool = False
    heard: tuple[str, ...] = field(default=(), repr=False)
    understood: bool = False
    branch: str | None = None
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    typed: str = ""
    slow: bool = False
    straight: bool = False
    elderly: bool = False
    emergency: bool = False
    hint_due: bool = False
    refused: bool = False
    question: Question | None = None
    answers: tuple[str, ...] = field(default=(), repr=False)
    page: int = 0
    lookups: int = 0
    told: tuple[str, ...] = ()
    number_known: bool = False
    tail: str = ""
    wished: str = ""
    open: bool = True
    apology_due: bool = False
    moved_on: bool = False
    is_callback: bool = False
    queued: bool = False
    position: int | None = None
    announced: int | None = None
    expected: Expected | None = None
    announced_wait: str | None = None
    long_told: bool = False
    message_told: bool = False
    leaving_message: bool = False
    quiet_rounds: int = 0
    lawyer: str | None = None
    leg: str | None = None
    by_phone: bool = False
    lawyer_heard: bool = False
    bridged: bool = False
    muted: frozenset[str] = frozenset()
    recording: bool = False
    paused: bool = False
    parties: Parties = ()
    rating: int | None = None
    end_reason: EndReason | None = None


def incoming_call(language: str = "zh") -> CallContext:
    """The context of a call that is about to arrive; the first input is `CallArrived`."""
    return CallContext(language=language)


def callback_call(
    *, language: str, topic: str | None, lawyer: str, leg: str, by_phone: bool = False
) -> CallContext:
    """The context of a call back: a lawyer has accepted, the runner now dials the citizen.

    The first input is `CalleeAnswered` or `CalleeFailed`; the lawyer's may come before.
    """
    return CallContext(
        state=State.DIALLING,
        language=language,
        topic=topic,
        number_known=True,
        is_callback=True,
        lawyer=lawyer,
        leg=leg,
        by_phone=by_phone,
    )
