"""Digest authentication, against the examples of the RFCs."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from ivr.sip.digest import (
    Algorithm,
    Authorization,
    Challenge,
    Credentials,
    authorize,
    hash_password,
    is_proof,
    read_authorization,
    read_challenge,
    strongest,
    write_authorization,
    write_challenge,
)
from ivr.sip.digest_parameters import DigestError

MUFASA = Credentials("Mufasa", "Circle of Life")
# RFC 7616 section 3.9.1.
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"


def answer(challenge: Challenge, credentials: Credentials = MUFASA) -> Authorization:
    return authorize(
        challenge,
        credentials,
        method="GET",
        uri="/dir/index.html",
        nonce_count=1,
        cnonce=CNONCE,
    )


class TestAuthorize:
    @pytest.mark.parametrize(
        ("algorithm", "response"),
        [
            (Algorithm.MD5, "8ca523f5e9506fed4657c9700eebdbec"),
            (
                Algorithm.SHA256,
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ],
    )
    def test_authorize__example_of_rfc_7616(self, algorithm: Algorithm, response: str) -> None:
        challenge = Challenge("http-auth@example.org", NONCE, algorithm, opaque=OPAQUE)

        assert answer(challenge).response == response

    def test_authorize__example_of_rfc_2617(self) -> None:
        challenge = Challenge("testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093")
        credentials = Credentials("Mufasa", "Circle Of Life")

        shown = authorize(
            challenge,
            credentials,
            method="GET",
            uri="/dir/index.html",
            nonce_count=1,
            cnonce="0a4f113b",
        )

        assert shown.response == "6629fae49393a05397450978507c4ef1"

    def test_authorize__without_qop_has_no_count(self) -> None:
        shown = answer(Challenge("r", "n", has_qop=False))

        assert (shown.nonce_count, shown.cnonce) == (0, "")
        assert "qop" not in write_authorization(shown)

    def test_repr__hides_the_password(self) -> None:
        assert "Circle" not in repr(MUFASA)


class TestReadChallenge:
    def test_read__what_was_written(self) -> None:
        challenge = Challenge('a "b" \\c', NONCE, Algorithm.SHA256, is_stale=True, opaque=OPAQUE)

        assert read_challenge(write_challenge(challenge)) == challenge

    def test_read__defaults_and_odd_spacing(self) -> None:
        header = 'digest  realm = "a" ,nonce="b,c=d",QOP="auth-int , auth" , x=1'

        assert read_challenge(header) == Challenge("a", "b,c=d")

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "Basic realm=x",
            "Digest",
            'Digest realm="a"',
            'Digest nonce="a"',
            'Digest realm="a", nonce="b", qop="auth-int"',
            'Digest realm="a", nonce="b", algorithm=MD5-sess, qop="auth"',
            'Digest realm="a", nonce="b", algorithm=SHA-256',
            'Digest realm="a, nonce="b"',
            'Digest realm="a", nonce="' + "b" * 3000 + '"',
        ],
    )
    def test_read__what_cannot_be_answered(self, header: str) -> None:
        with pytest.raises(DigestError):
            read_challenge(header)

    @given(st.text(max_size=200))
    def test_read__never_raises_anything_else(self, text: str) -> None:
        for read in (read_challenge, read_authorization):
            try:
                read(f"Digest {text}")
            except DigestError:
                continue


class TestStrongest:
    def test_strongest__sha256_before_md5(self) -> None:
        headers = [
            write_challenge(Challenge("r", "1")),
            write_challenge(Challenge("r", "2", Algorithm.SHA256)),
            'Digest realm="r", nonce="3", algorithm=SHA-512-256, qop="auth"',
        ]

        found = strongest(headers)

        assert found is not None
        assert found.nonce == "2"

    def test_strongest__first_of_equals(self) -> None:
        found = strongest([write_challenge(Challenge("r", nonce)) for nonce in "12"])

        assert found is not None
        assert found.nonce == "1"

    def test_strongest__none_that_we_speak(self) -> None:
        assert strongest(["Basic realm=x", "Digest nonsense"]) is None


class TestIsProof:
    @pytest.mark.parametrize("algorithm", list(Algorithm))
    @pytest.mark.parametrize("has_qop", [True, False])
    def test_is_proof__what_a_client_made(self, algorithm: Algorithm, has_qop: bool) -> None:
        shown = answer(Challenge("r", "n", algorithm, has_qop=has_qop))

        read = read_authorization(write_authorization(shown))

        assert read == shown
        assert is_proof(read, secret=secret_of("Circle of Life", algorithm), method="GET")

    def test_is_proof__not_with_anything_changed(self) -> None:
        shown = answer(Challenge("r", "n", Algorithm.SHA256))
        secret = secret_of("Circle of Life", Algorithm.SHA256)
        wrong = [
            replace(shown, nonce_count=2),
            replace(shown, uri="/"),
            replace(shown, nonce="m"),
            replace(shown, cnonce="m"),
            replace(shown, response=""),
            replace(shown, response="\udc80"),
        ]

        assert not any(is_proof(change, secret=secret, method="GET") for change in wrong)
        assert not is_proof(shown, secret=secret, method="POST")
        assert not is_proof(shown, secret=secret_of("x", Algorithm.SHA256), method="GET")

    @pytest.mark.parametrize("rest", ["qop=auth", "qop=auth-int, nc=00000001", "qop=auth, nc=x"])
    def test_read__unusable_qop(self, rest: str) -> None:
        start = 'Digest username="u", realm="r", nonce="n", uri="sip:a", response="0", cnonce="c"'

        with pytest.raises(DigestError):
            read_authorization(f"{start}, {rest}")


def secret_of(password: str, algorithm: Algorithm) -> str:
    return hash_password(algorithm, username="Mufasa", realm="r", password=password)
