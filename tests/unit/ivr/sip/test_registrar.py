"""The registrar lets the right phones in, and keeps where they are (RFC 3261 section 10.3)."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from ivr.sip.digest import (
    Algorithm,
    Credentials,
    authorize,
    hash_password,
    read_challenge,
    write_authorization,
)
from ivr.sip.registrar import PhoneSecrets, RegisterAnswer, RegisterRequest, Registrar

REALM = "legal-hotline"
HOME = ("10.0.0.7", 5062)
CONTACT = "<sip:wang@10.0.0.7:5062;ob>"


def secrets(username: str, password: str) -> PhoneSecrets:
    def secret(algorithm: Algorithm) -> str:
        return hash_password(algorithm, username=username, realm=REALM, password=password)

    return PhoneSecrets(md5=secret(Algorithm.MD5), sha256=secret(Algorithm.SHA256))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Office:
    """A registrar with one phone, and that phone's way of asking."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.registrar = Registrar(realm=REALM, key=b"key", clock=self.clock)
        self.registrar.admit({"wang": secrets("wang", "right")})
        self.number = 0

    def request(self, contact: str = CONTACT, **changes: object) -> RegisterRequest:
        self.number += 1
        request = RegisterRequest(
            uri="sip:10.0.0.9",
            username="wang",
            call_id="phone-1",
            number=self.number,
            contacts=(contact,) if contact else (),
            expires="",
            proofs=(),
            source=HOME,
        )
        return replace(request, **changes)  # type: ignore[arg-type]  # a table of arguments

    def prove(
        self,
        request: RegisterRequest,
        *,
        password: str = "right",
        username: str = "wang",
        algorithm: Algorithm = Algorithm.SHA256,
    ) -> RegisterRequest:
        """The request again, with a proof of what the registrar challenged."""
        asked = self.registrar.receive(request)
        assert asked.status == 401
        challenges = [read_challenge(value) for _, value in asked.headers]
        challenge = next(each for each in challenges if each.algorithm is algorithm)
        proof = authorize(
            challenge,
            Credentials(username, password),
            method="REGISTER",
            uri=request.uri,
            nonce_count=1,
            cnonce="abc",
        )
        self.number += 1
        return replace(request, number=self.number, proofs=(write_authorization(proof),))

    def register(self, contact: str = CONTACT, **changes: object) -> RegisterAnswer:
        return self.registrar.receive(self.prove(self.request(contact, **changes)))

    @property
    def uris(self) -> list[str]:
        return [each.uri for each in self.registrar.bindings.of("wang")]


@pytest.fixture
def office() -> Office:
    return Office()


class TestDigest:
    @pytest.mark.parametrize("algorithm", list(Algorithm))
    def test_register__right_password_is_let_in(self, office: Office, algorithm: Algorithm) -> None:
        request = office.prove(office.request(), algorithm=algorithm)

        assert office.registrar.receive(request).status == 200
        assert office.uris == ["sip:wang@10.0.0.7:5062;ob"]

    def test_register__sha_256_is_offered_first(self, office: Office) -> None:
        answer = office.registrar.receive(office.request())

        offered = [read_challenge(value).algorithm for _, value in answer.headers]
        assert offered == [Algorithm.SHA256, Algorithm.MD5]

    @pytest.mark.parametrize(
        ("username", "password"), [("wang", "wrong"), ("nobody", "right"), ("nobody", "x")]
    )
    def test_register__wrong_password_and_unknown_phone_get_the_same(
        self, office: Office, username: str, password: str
    ) -> None:
        request = office.request(username=username)

        answer = office.registrar.receive(
            office.prove(request, username=username, password=password)
        )

        assert answer == RegisterAnswer(403)
        assert office.registrar.bindings.usernames == frozenset()

    def test_register__one_phone_may_not_speak_for_another(self, office: Office) -> None:
        office.registrar.admit({"wang": secrets("wang", "right"), "li": secrets("li", "other")})

        request = office.prove(office.request(username="li"), username="wang")

        assert office.registrar.receive(request).status == 403

    def test_register__proof_that_is_sent_again_is_none(self, office: Office) -> None:
        request = office.prove(office.request())
        assert office.registrar.receive(request).status == 200

        answer = office.registrar.receive(replace(request, number=request.number + 1))

        assert answer.status == 401
        assert read_challenge(answer.headers[0][1]).is_stale

    def test_register__proof_from_another_address_is_none(self, office: Office) -> None:
        request = office.prove(office.request())

        stolen = replace(request, source=("10.0.0.66", 5062))

        assert office.registrar.receive(stolen).status == 401

    def test_register__old_nonce_is_stale(self, office: Office) -> None:
        request = office.prove(office.request())
        office.clock.now += 301

        answer = office.registrar.receive(request)

        assert answer.status == 401
        assert read_challenge(answer.headers[0][1]).is_stale

    def test_register__guessing_is_stopped_and_forgotten_after_a_while(
        self, office: Office
    ) -> None:
        for _ in range(5):
            office.registrar.receive(office.prove(office.request(), password="wrong"))

        assert office.registrar.receive(office.request()).status == 403
        office.clock.now += 301
        assert office.register().status == 200

    def test_register__guessing_at_one_phone_does_not_stop_its_neighbour(
        self, office: Office
    ) -> None:
        for _ in range(5):
            request = office.request(username="li")
            office.registrar.receive(office.prove(request, username="li", password="x"))

        assert office.register().status == 200

    @pytest.mark.parametrize("proof", ["", "Basic x", "Digest", 'Digest realm="other"'])
    def test_register__unusable_proof_is_asked_for_again(self, office: Office, proof: str) -> None:
        assert office.registrar.receive(office.request(proofs=(proof,))).status == 401

    def test_admit__new_password_forgets_where_the_phone_was(self, office: Office) -> None:
        office.register()
        office.registrar.admit({"wang": secrets("wang", "new")})

        assert office.uris == []

    def test_admit__the_same_again_keeps_where_the_phone_is(self, office: Office) -> None:
        office.register()
        office.registrar.admit({"wang": secrets("wang", "right")})

        assert len(office.uris) == 1


class TestRestore:
    def test_restore__takes_up_where_known_phones_were(self, office: Office) -> None:
        office.register()
        office.register("<sip:wang@10.0.0.8>", call_id="phone-2")
        remembered = office.registrar.bindings.all
        after = Office()
        after.registrar.restore([*remembered, ("stranger", remembered[0][1])])

        assert after.uris == office.uris
        assert after.registrar.bindings.usernames == {"wang"}

    def test_restore__what_is_known_already_is_newer(self, office: Office) -> None:
        office.register()
        remembered = office.registrar.bindings.all
        after = Office()
        after.register("<sip:wang@10.0.0.9>", call_id="later")
        after.registrar.restore(remembered)

        assert after.uris == ["sip:wang@10.0.0.9"]


class TestBindings:
    def test_register__source_is_kept_for_calls(self, office: Office) -> None:
        office.register("<sip:wang@192.168.1.2:5060>")

        (binding,) = office.registrar.bindings.of("wang")
        assert (binding.uri, binding.address) == ("sip:wang@192.168.1.2:5060", HOME)

    @pytest.mark.parametrize(
        ("contact", "expires", "granted"),
        [
            (CONTACT, "", 300),
            (CONTACT, "600", 600),
            (f"{CONTACT};expires=120", "600", 120),
            (f"{CONTACT};expires=99999", "", 3600),
            (CONTACT, "nonsense", 300),
        ],
    )
    def test_register__is_granted_for_as_long_as_asked_within_bounds(
        self, office: Office, contact: str, expires: str, granted: int
    ) -> None:
        answer = office.register(contact, expires=expires)

        assert answer.headers == (("contact", f"{CONTACT};expires={granted}"),)
        office.clock.now += granted - 1
        assert len(office.uris) == 1
        office.clock.now += 1
        assert office.uris == []

    def test_register__too_brief_is_told_how_long_at_least(self, office: Office) -> None:
        answer = office.register(expires="59")

        assert answer == RegisterAnswer(423, (("min-expires", "60"),))
        assert office.uris == []

    def test_register__without_contact_tells_what_there_is(self, office: Office) -> None:
        office.register()
        answer = office.register("")

        assert [name for name, _ in answer.headers] == ["contact"]

    def test_register__zero_takes_one_away(self, office: Office) -> None:
        office.register()
        office.register("<sip:wang@10.0.0.8>", call_id="phone-2")
        office.register(f"{CONTACT};expires=0")

        assert office.uris == ["sip:wang@10.0.0.8"]

    def test_register__star_takes_all_away(self, office: Office) -> None:
        office.register()
        answer = office.register("*", expires="0")

        assert (answer, office.uris) == (RegisterAnswer(200), [])

    @pytest.mark.parametrize(
        ("contact", "expires"),
        [
            ("*", "60"),
            ("*", ""),
            (f"*, {CONTACT}", "0"),
            ("<tel:+8610>", ""),
            ("<sips:wang@10.0.0.7>", ""),
            (f"<sip:{'x' * 300}@y>", ""),
            (", ".join(f"<sip:w@10.0.0.{n}>" for n in range(5)), ""),
        ],
    )
    def test_register__nonsense_changes_nothing(
        self, office: Office, contact: str, expires: str
    ) -> None:
        office.register()

        assert office.register(contact, expires=expires).status == 400
        assert len(office.uris) == 1

    def test_register__late_request_does_not_undo_a_later_one(self, office: Office) -> None:
        early = office.prove(office.request(f"{CONTACT};expires=0"))
        office.register()

        assert office.registrar.receive(early).status == 500
        assert len(office.uris) == 1

    @given(
        contact=st.text(alphabet='<>"*,;=:@ sip0159expires', max_size=60),
        expires=st.text(alphabet="0123456789- x", max_size=12),
    )
    def test_register__any_contact_is_answered(self, contact: str, expires: str) -> None:
        office = Office()

        answer = office.register(contact, expires=expires)

        assert answer.status in (200, 400, 423)
        assert len(office.uris) <= 4

    @given(proof=st.text(max_size=80))
    def test_register__any_proof_is_answered(self, proof: str) -> None:
        answer = Office().registrar.receive(Office().request(proofs=(f"Digest {proof}",)))

        assert answer.status in (401, 403)

    def test_register__phone_that_moves_about_keeps_the_last_few(self, office: Office) -> None:
        for number in range(10):
            office.register(f"<sip:wang@10.0.0.7:{6000 + number}>", call_id=f"c{number}")

        assert office.uris == [f"sip:wang@10.0.0.7:{6000 + number}" for number in (9, 8, 7, 6)]
