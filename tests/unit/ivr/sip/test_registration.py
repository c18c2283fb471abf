"""Being registered."""

import pytest
from hypothesis import given, settings, strategies as st

from ivr.sip.digest import Algorithm, Challenge, Credentials, write_challenge
from ivr.sip.registration import Register, Registration, RegistrationState, Reply

MD5 = write_challenge(Challenge("r", "1"))
SHA256 = write_challenge(Challenge("r", "2", Algorithm.SHA256))
STALE = write_challenge(Challenge("r", "3", is_stale=True))
INFINITY = float("inf")


def make_registration(*, expires: int = 3600, has_password: bool = True) -> Registration:
    return Registration(
        uri="sip:ims.example",
        credentials=Credentials("029", "secret") if has_password else None,
        expires_seconds=expires,
        make_cnonce=lambda: "abc",
    )


def hear(registration: Registration, now: float, reply: Reply) -> Register:
    """Sends what is due, and lets the registrar answer."""
    sent = registration.register()
    registration.hear(reply, now)
    return sent


class TestAccepted:
    def test_hear__refreshes_at_four_fifths_of_what_was_granted(self) -> None:
        registration = make_registration()

        sent = hear(registration, 100.0, Reply(200, expires_seconds=1000))

        assert (sent.expires_seconds, sent.proof) == (3600, None)
        assert registration.state is RegistrationState.REGISTERED
        assert registration.due_at == 900.0

    def test_hear__granted_what_was_asked_if_not_said(self) -> None:
        registration = make_registration(expires=600)

        hear(registration, 0.0, Reply(200))

        assert registration.due_at == 480.0

    def test_register__waits_for_the_answer(self) -> None:
        registration = make_registration()

        registration.register()

        assert registration.due_at == float("inf")


class TestChallenged:
    def test_hear__proof_goes_at_once_with_the_strongest(self) -> None:
        registration = make_registration()

        hear(registration, 5.0, Reply(401, challenges=(MD5, SHA256)))
        due_at = registration.due_at
        sent = hear(registration, 5.0, Reply(200, expires_seconds=100))

        assert due_at == 5.0
        assert sent.proof is not None
        assert (sent.proof.algorithm, sent.proof.nonce_count) == (Algorithm.SHA256, 1)
        assert not sent.is_for_proxy

    def test_register__nonce_is_used_again_for_the_refresh(self) -> None:
        registration = make_registration()
        hear(registration, 0.0, Reply(407, challenges=(MD5,)))
        hear(registration, 0.0, Reply(200, expires_seconds=100))

        sent = registration.register()

        assert sent.proof is not None
        assert sent.proof.nonce_count == 2
        assert sent.is_for_proxy

    def test_hear__wrong_password_is_tried_once(self) -> None:
        registration = make_registration()

        hear(registration, 0.0, Reply(401, challenges=(MD5,)))
        hear(registration, 0.0, Reply(401, challenges=(SHA256,)))

        assert registration.state is RegistrationState.REFUSED
        assert registration.due_at == 600.0
        assert registration.register().proof is None

    def test_hear__stale_nonce_is_no_wrong_password_but_not_for_ever(self) -> None:
        registration = make_registration()

        hear(registration, 0.0, Reply(401, challenges=(MD5,)))
        hear(registration, 0.0, Reply(401, challenges=(STALE,)))
        first = registration.state
        hear(registration, 0.0, Reply(401, challenges=(STALE,)))

        assert (first, registration.state) == (
            RegistrationState.TRYING,
            RegistrationState.REFUSED,
        )

    def test_hear__no_password_or_unknown_challenge_is_refused(self) -> None:
        without = make_registration(has_password=False)
        unknown = make_registration()

        hear(without, 0.0, Reply(401, challenges=(MD5,)))
        hear(unknown, 0.0, Reply(401, challenges=("Basic realm=x",)))

        assert without.state is unknown.state is RegistrationState.REFUSED


class TestFailing:
    def test_hear__pause_grows_to_its_end(self) -> None:
        registration = make_registration()
        pauses = []

        for _ in range(10):
            hear(registration, 0.0, Reply(408))
            pauses.append(registration.due_at)

        assert registration.state is RegistrationState.FAILING
        assert pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600, 600]

    def test_hear__registrar_names_the_pause(self) -> None:
        registration = make_registration()

        hear(registration, 0.0, Reply(503, retry_after_seconds=120))

        assert registration.due_at == 120.0

    def test_hear__stays_registered_until_the_time_granted_is_over(self) -> None:
        registration = make_registration()
        hear(registration, 0.0, Reply(200, expires_seconds=100))

        hear(registration, 80.0, Reply(408))
        before = registration.state
        hear(registration, 101.0, Reply(408))

        assert (before, registration.state) == (
            RegistrationState.REGISTERED,
            RegistrationState.FAILING,
        )

    def test_hear__forbidden_is_refused(self) -> None:
        registration = make_registration()

        hear(registration, 0.0, Reply(403))

        assert registration.state is RegistrationState.REFUSED


class TestTooBrief:
    def test_hear__asks_for_as_long_as_the_registrar_wants(self) -> None:
        registration = make_registration(expires=60)

        hear(registration, 7.0, Reply(423, least_seconds=900))

        assert registration.due_at == 7.0
        assert registration.register().expires_seconds == 900

    def test_hear__nonsense_is_a_failure(self) -> None:
        registration = make_registration(expires=60)

        hear(registration, 0.0, Reply(423, least_seconds=30))

        assert registration.state is RegistrationState.FAILING


class TestEnd:
    def registered(self) -> Registration:
        registration = make_registration()
        hear(registration, 0.0, Reply(401, challenges=(MD5,)))
        hear(registration, 0.0, Reply(200))
        return registration

    def test_end__takes_it_back(self) -> None:
        registration = self.registered()

        registration.end()
        sent = hear(registration, 1.0, Reply(200))

        assert (sent.expires_seconds, registration.due_at) == (0, INFINITY)
        assert registration.state is RegistrationState.ENDED

    @pytest.mark.parametrize("challenge", [SHA256, STALE])
    def test_end__nonce_that_is_used_up_is_replaced_at_once(self, challenge: str) -> None:
        registration = self.registered()

        registration.end()
        registration.register()
        registration.hear(Reply(401, challenges=(challenge,)), 1.0)
        due_at = registration.due_at
        again = hear(registration, 1.0, Reply(200))

        assert (due_at, registration.due_at) == (1.0, INFINITY)
        assert again.expires_seconds == 0
        assert again.proof is not None
        assert again.proof.nonce_count == 1

    def test_end__registrar_that_takes_no_goodbye_is_left_alone(self) -> None:
        registration = self.registered()

        registration.end()
        sent = 0
        while registration.due_at < INFINITY or not sent:
            hear(registration, 1.0, Reply(401, challenges=(STALE,)))
            sent += 1

        assert sent == 3
        assert registration.state is RegistrationState.ENDED

    def test_end__while_an_answer_is_awaited_takes_back_what_it_grants(self) -> None:
        registration = make_registration()
        registration.register()

        registration.end()
        registration.hear(Reply(200), 2.0)
        due_at = registration.due_at
        sent = hear(registration, 2.0, Reply(200))

        assert (due_at, sent.expires_seconds, registration.due_at) == (2.0, 0, INFINITY)

    def test_end__while_an_answer_is_awaited_proves_nothing_any_more(self) -> None:
        registration = make_registration()
        registration.register()

        registration.end()
        registration.hear(Reply(401, challenges=(MD5,)), 2.0)

        assert registration.due_at == INFINITY


class TestOneDay:
    REPLIES = st.sampled_from(
        [
            Reply(200, expires_seconds=60),
            Reply(200, expires_seconds=0),
            Reply(200),
            Reply(401, challenges=(MD5,)),
            Reply(407, challenges=(SHA256,)),
            Reply(401, challenges=(STALE,)),
            Reply(403),
            Reply(408),
            Reply(423, least_seconds=7200),
            Reply(503, retry_after_seconds=99999),
        ]
    )

    @given(st.lists(REPLIES, min_size=1, max_size=8))
    @settings(max_examples=20, deadline=None)
    def test_day__never_hammers_and_never_falls_asleep(self, replies: list[Reply]) -> None:
        registration = make_registration()
        now, sent = 0.0, 0

        while now < 86_400.0:
            hear(registration, now, replies[sent % len(replies)])
            sent += 1
            assert now <= registration.due_at <= now + 86_400.0
            now = registration.due_at

        # A challenge, a stale one and 423 may follow at once; then there is a pause of 5 s or more.
        assert sent <= 4 * 86_400 / 5
