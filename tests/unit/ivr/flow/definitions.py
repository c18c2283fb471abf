"""The definition that the flow's tests run on: short prompt names, the shipped structure."""

from ivr.flow.definition import Choice, FlowDefinition, Menu
from ivr.flow.hours import ALWAYS_OPEN, always_open
from ivr.flow.prompts import Prompts

TOPICS = ("labour", "family", "contracts", "injury", "legal_aid")

# What callers are asked by its menus.
LANGUAGE_QUESTION = "choose_language language_zh language_bo language_en language_ko"
TOPIC_QUESTION = "topic_labour topic_family topic_contracts topic_injury topic_legal_aid any_topic"


def make_flow() -> FlowDefinition:
    """A flow with four languages, five topics and prompts named after their place."""
    languages = enumerate(("zh", "bo", "en", "ko"), start=1)
    topics = enumerate(TOPICS, start=1)
    return FlowDefinition(
        default_language="zh",
        language_menu=Menu(
            tuple(Choice(str(key), value, f"language_{value}") for key, value in languages),
            intro=("choose_language",),
            retry=("once_more",),
        ),
        topic_menu=Menu(
            tuple(Choice(str(key), value, f"topic_{value}") for key, value in topics),
            outro=("any_topic",),
            retry=("once_more",),
        ),
        prompts=Prompts(
            notice=("notice",),
            callback_notice=("callback_notice",),
            hold=("hold",),
            ringback=("ringback",),
            queue_next=("next",),
            queue_position=("ahead_{ahead}",),
            queue_many=("many_ahead",),
            queue_comfort=("comfort",),
            callback_hint=("hint",),
            callback_booked=("booked",),
            callback_impossible=("no_callback",),
            callback_failed=("callback_failed",),
            number_unknown=("number_unknown",),
            cut_off=("cut_off",),
            moved_on=("moved_on",),
            press_one=("press_one",),
            connecting=("connecting",),
            lawyer_lost=("lawyer_lost",),
            closed=("closed",),
            queue_closed=("queue_closed",),
            closed_offer=("offer",),
            closed_goodbye=("closed_goodbye",),
            rating=("rate",),
            rating_retry=("rate_again",),
            thanks=("thanks",),
            goodbye=("goodbye",),
        ),
        timetables={ALWAYS_OPEN: always_open()},
    )
