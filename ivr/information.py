"""Answers to what callers ask without a person, as prompts: progress, nearest centre, hours."""

from datetime import time

from sqlmodel import Session

from hotline.calls import service as calls
from hotline.configuration import service as configuration
from hotline.directory.centres import centres
from hotline.directory.means import MeansLimit, limit_for
from hotline.directory.nearest import nearest
from hotline.hours.configuration import HoursRules
from hotline.house import House
from hotline.messages import service as messages
from hotline.tickets import inquiry
from hotline.tickets.inquiry import Answer, Progress
from ivr.catalogue import load_texts
from ivr.flow.actions import LookUp
from ivr.flow.definition import FlowDefinition
from ivr.flow.hours import Opening
from ivr.flow.questions import Question
from ivr.flow.speaking import ENGLISH, say_date, say_digits, say_money, say_time, say_year
from ivr.opening import timetable_of

_MINUTES_PER_HOUR = 60
_WHOLE_DAY = 24 * _MINUTES_PER_HOUR
_FEN_IN_YUAN = 100

Prompts = tuple[str, ...]


class Information:
    """Looks things up for one call; each look is one short transaction, run in a thread."""

    def __init__(self, house: House, call_id: str, flow: FlowDefinition) -> None:
        self._house = house
        self._call_id = call_id
        self._flow = flow

    def look_up(self, wanted: LookUp) -> Prompts:
        """The answer as prompts; empty where there is none to be had."""
        with self._house.database.session() as session:
            match wanted.question:
                case Question.PROGRESS:
                    return self._progress(session, wanted)
                case Question.CENTRE:
                    return self._centre(session, wanted)
                case Question.HOURS:
                    return self._hours(session, wanted.language)

    def _progress(self, session: Session, wanted: LookUp) -> Prompts:
        number, tail = wanted.typed
        call = calls.find(session, self._call_id)
        answer = inquiry.inquire(session, self._house, call, number=number, tail=tail)
        told = said(answer, wanted.language)
        if answer.progress in (Progress.UNKNOWN, Progress.LOCKED):
            return told
        since = f" {answer.since.isoformat()}" if answer.since is not None else ""
        text = f"{number}: {_written(told[0], wanted.language)}{since}"
        return self._with_message(session, told, kind="progress", text=text)

    def _centre(self, session: Session, wanted: LookUp) -> Prompts:
        found = nearest(centres(session), wanted.typed[0])
        if found is None or not found.phones:
            return ("info_unknown",)
        digits = "".join(each for each in found.phones[0] if each.isdecimal())
        told: Prompts = ("centre_found", *say_digits(digits))
        facts = (found.name, found.address, *found.phones, found.hours)
        text = ", ".join(each for each in facts if each)
        limit = limit_for(found, wanted.typed[0])
        if limit is not None:
            told = (*told, *said_limit(limit, wanted.language))
            text = f"{text}. {written_limit(limit, wanted.language)}"
        return self._with_message(session, told, kind="centre", text=text)

    def _hours(self, session: Session, language: str) -> Prompts:
        settings = self._house.settings
        local = self._house.clock.now().astimezone(settings.zone)
        rules = configuration.current(session, HoursRules)
        timetable = timetable_of(self._flow, rules, local, hours=settings.hours)
        openings = timetable.openings(local.date())
        told = said_hours(openings, language)
        text = _written(told[0], language)
        if told[0] == "hours_today":
            text += " " + ", ".join(f"{_clock(each.start)}-{_clock(each.end)}" for each in openings)
        return self._with_message(session, told, kind="hours", text=text)

    def _with_message(self, session: Session, told: Prompts, *, kind: str, text: str) -> Prompts:
        """Promises the same in writing; says so only where it will come."""
        call = calls.find(session, self._call_id)
        is_promised = messages.promise(session, self._house, call, kind=kind, text=text)
        return (*told, "sms_promised") if is_promised else told


def _written(prompt: str, language: str) -> str:
    texts = load_texts()[prompt]
    return texts.get(language, texts["zh"])


def _clock(minute: int) -> str:
    hour, rest = divmod(minute % _WHOLE_DAY, _MINUTES_PER_HOUR)
    return f"{hour:02d}:{rest:02d}"


def said(answer: Answer, language: str) -> Prompts:
    """How a matter stands, in prompts."""
    match answer.progress:
        case Progress.UNKNOWN | Progress.LOCKED as problem:
            return (f"info_{problem.value}",)
        case progress:
            since = say_date(answer.since, language) if answer.since is not None else ()
            return (f"progress_{progress.value}", *since)


def said_limit(limit: MeansLimit, language: str) -> Prompts:
    """The economic-hardship limit of legal aid with its year, in prompts.

    Some matters are not judged by it (Legal Aid Law, articles 32 and 42): nobody shall stay away
    because of a sum.
    """
    return (
        "means_limit",
        *say_money(limit.fen, language),
        "means_year",
        *say_year(limit.year, language),
        "means_exceptions",
    )


def written_limit(limit: MeansLimit, language: str) -> str:
    """The same as a text, with its source."""
    yuan, cents = divmod(limit.fen, _FEN_IN_YUAN)
    amount = f"{yuan}.{cents:02d}" if cents else str(yuan)
    is_english = language == ENGLISH
    said = _written("means_limit", language).rstrip(".。")
    measure = f" {amount} yuan ({limit.year}, " if is_english else f"{amount}元（{limit.year}年，"
    end = "). " if is_english else "）。"
    return f"{said}{measure}{limit.source}{end}{_written('means_exceptions', language)}"


def said_hours(openings: tuple[Opening, ...], language: str) -> Prompts:
    """Today's opening times, in prompts."""
    if not openings:
        return ("hours_closed",)
    if any(each.start == 0 and each.end >= _WHOLE_DAY for each in openings):
        return ("hours_always",)
    prompts: list[str] = ["hours_today"]
    for each in openings:
        prompts += (*_moment(each.start, language), "hours_to", *_moment(each.end, language))
    return tuple(prompts)


def _moment(minute: int, language: str) -> Prompts:
    hour, rest = divmod(minute % _WHOLE_DAY, _MINUTES_PER_HOUR)
    return say_time(time(hour, rest), language)
