"""Announcements, over HTTP."""

from datetime import timedelta

from hotline.clock import FakeClock
from tests.unit.api.conftest import SignIn

ANNOUNCEMENTS = "/api/v1/announcements"
WISH = {"text": "系统检修", "prompt": "thanks", "languages": ["zh", "en"], "place": "before"}


def test_post__is_on_until_somebody_ends_it(sign_in: SignIn) -> None:
    supervisor = sign_in("supervisor")

    made = supervisor.post(ANNOUNCEMENTS, json=WISH)
    (listed,) = supervisor.get(ANNOUNCEMENTS).json()["items"]
    ended = supervisor.post(f"{ANNOUNCEMENTS}/{listed['id']}/end").json()

    assert made.status_code == 201
    assert listed["is_on"]
    assert (ended["is_on"], ended["ended_at"] is None) == (False, False)


def test_get__is_off_at_its_end(sign_in: SignIn, clock: FakeClock) -> None:
    ends_at = clock.now() + timedelta(minutes=10)
    wish = {**WISH, "ends_at": ends_at.isoformat()}
    assert sign_in("supervisor").post(ANNOUNCEMENTS, json=wish).json()["is_on"]

    clock.advance(seconds=600)

    (listed,) = sign_in("admin").get(ANNOUNCEMENTS).json()["items"]
    assert not listed["is_on"]


def test_post__needs_audio_in_every_language(sign_in: SignIn) -> None:
    supervisor = sign_in("supervisor")
    tibetan = supervisor.post(ANNOUNCEMENTS, json={**WISH, "languages": ["zh", "bo"]})
    unknown = supervisor.post(ANNOUNCEMENTS, json={**WISH, "prompt": "nowhere"})
    assert (tibetan.status_code, unknown.status_code) == (422, 404)
    assert supervisor.get(ANNOUNCEMENTS).json()["items"] == []


def test_announcements__are_the_supervisors(sign_in: SignIn) -> None:
    assert sign_in("li").post(ANNOUNCEMENTS, json=WISH).status_code == 403
    assert sign_in("li").get(ANNOUNCEMENTS).status_code == 403


def test_summary__shows_the_wallboard_what_callers_hear(sign_in: SignIn) -> None:
    supervisor = sign_in("supervisor")
    supervisor.post(ANNOUNCEMENTS, json=WISH)
    assert supervisor.get("/api/v1/summary").json()["announcements"] == ["系统检修"]
