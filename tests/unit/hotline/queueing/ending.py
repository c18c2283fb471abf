"""How every story ends: with time and one tireless lawyer, everybody is served or called back."""

from datetime import datetime

from sqlmodel import col, select

from hotline.agents import service as agents
from hotline.agents.rules import BEING_OFFERED, IN_CALL, LawyerState
from hotline.queueing import offers, repository
from hotline.tables import Callback
from tests.unit.hotline.factories import create_lawyer
from tests.unit.hotline.queueing.story import LANGUAGES, Story

# Far more than anybody needs: whoever is never reached is given up after sixteen attempts.
_ROUNDS = 400
_BETWEEN_ROUNDS_SECONDS = 16.0
# In so many rounds at first nobody answers the telephone.
_UNANSWERED = 1


def serve_everybody(story: Story) -> None:
    """Goes on until nobody waits, and looks whether anything is left."""
    with story.house.database.session() as session:
        tireless = create_lawyer(session, story.house, languages=LANGUAGES).user_id
    for number in range(_ROUNDS):
        story.clock.advance(seconds=_BETWEEN_ROUNDS_SECONDS)
        due = story.dispatch("first")
        picture = story.look()
        # Who is being dialled has no live place, and after a cancellation not even a wish.
        if not (picture.live or picture.wishes or picture.calls or story.talks.on_the_line):
            break
        turn = "nobody" if number < _UNANSWERED else "begins"
        busy = [one.id for one in picture.lawyers if one.state in BEING_OFFERED | IN_CALL]
        for lawyer_id in busy:
            _work(story, lawyer_id, turn)
        story.talks.hear_of_acceptances()
        _come_back(story, tireless)
        if not busy:
            _wait(story, due)
    picture = story.look()
    left = (picture.live, picture.wishes, story.talks.on_the_line, picture.calls)
    assert left == ([], [], set(), [])


def _work(story: Story, lawyer_id: str, turn: str) -> None:
    """The lawyer takes whoever rings, and brings every call to its end."""
    # A call back that rang is called off when another lawyer has just served the same person.
    if story.lawyer(lawyer_id).state in BEING_OFFERED:
        with story.house.database.session() as session:
            offer = repository.open_offer_of_lawyer(session, lawyer_id)
            assert offer is not None
            offers.accept(session, story.house, offer.id, lawyer_id)
    # A call back begins to be dialled, and then somebody answers or not; a talk just begins.
    for one in ("begins", turn, "lawyer_hangs_up"):
        story.go_on(lawyer_id, one)


def _come_back(story: Story, lawyer_id: str) -> None:
    """The lawyer takes neither breaks nor time for tickets."""
    state = story.lawyer(lawyer_id).state
    if state != LawyerState.AVAILABLE and state not in BEING_OFFERED | IN_CALL:
        with story.house.database.session() as session:
            agents.set_state(session, story.house, lawyer_id, LawyerState.AVAILABLE, by=lawyer_id)


def _wait(story: Story, due: datetime | None) -> None:
    """Nothing happens before the dispatcher's next round is due, or a wish to be called back is.

    Wishes keep quiet hours, hours of their own, and pauses between attempts.
    """
    now = story.clock.now()
    with story.house.database.reading() as session:
        query = select(Callback.next_attempt_at).where(col(Callback.state) == "waiting")
        moments = [due, *session.exec(query)]
    later = [moment for moment in moments if moment is not None and moment > now]
    if later:
        story.clock.advance(seconds=(min(later) - now).total_seconds())
