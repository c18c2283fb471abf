"""What lawyers can take, and how well: languages and topics, each with a level."""

import re
from collections.abc import Mapping

from sqlmodel import Session

from hotline.accounts.rules import check_skills
from hotline.agents import service as agents
from hotline.audit import audit
from hotline.errors import InvalidInput
from hotline.events import EventType
from hotline.house import House
from hotline.queueing.rules import ANY_TOPIC
from hotline.tables import Lawyer, User

LEVELS = (1, 2, 3)
"""1 knows a little, 2 knows well, 3 knows best."""

_TOPIC = re.compile(r"[a-z][a-z0-9_]{0,39}")


def set_skills(
    session: Session,
    house: House,
    lawyer_id: str,
    *,
    languages: Mapping[str, int],
    topics: Mapping[str, int],
    by: User,
) -> Lawyer:
    """Says what a lawyer can take from the next caller on.

    Args:
        session: The deed's session.
        house: The process's house.
        lawyer_id: Whose skills.
        languages: Level by language code.
        topics: Level by topic key, or by `ANY_TOPIC`.
        by: Who says so.

    Raises:
        InvalidInput: No language or no topic, no such code, or no such level.
        NotFound: Nobody of that id takes calls.
    """
    lawyer = agents.find(session, lawyer_id)
    _check(languages, topics)
    lawyer.languages, lawyer.language_levels = list(languages), dict(languages)
    lawyer.topics, lawyer.topic_levels = list(topics), dict(topics)
    session.add(lawyer)
    audit(
        session,
        house,
        by,
        "lawyer.skills_changed",
        lawyer_id,
        languages=dict(languages),
        topics=dict(topics),
    )
    house.record(
        session,
        EventType.LAWYER_CHANGED,
        lawyer_id=lawyer_id,
        state=lawyer.state,
        reason=lawyer.state_reason,
    )
    return lawyer


def _check(languages: Mapping[str, int], topics: Mapping[str, int]) -> None:
    check_skills(list(languages), list(topics))
    if any(topic != ANY_TOPIC and not _TOPIC.fullmatch(topic) for topic in topics):
        raise InvalidInput("A topic is written like labour or legal_aid; * means every topic.")
    if any(level not in LEVELS for level in (*languages.values(), *topics.values())):
        raise InvalidInput("A level is 1 (a little), 2 (well) or 3 (best).")
