"""Finding the session in a message's body."""

from hypothesis import given, strategies as st

from ivr.sip.body import find_description

SESSION = "v=0\r\nm=audio 4000 RTP/AVP 8\r\n"

WITH_ISUP = (
    "--edge\r\nContent-Type: application/ISUP;version=itu-t92+\r\n"
    "Content-Disposition: signal;handling=optional\r\n\r\n\x01\x00\x60\r\n"
    f"--edge\r\nContent-Type: application/sdp\r\n\r\n{SESSION}\r\n--edge--\r\n"
)


def test_find_description__whole_body_is_the_session() -> None:
    assert find_description("application/sdp", SESSION) == SESSION


def test_find_description__type_has_parameters_and_capitals() -> None:
    assert find_description("Application/SDP; charset=utf-8", SESSION) == SESSION


def test_find_description__session_stands_beside_isup() -> None:
    found = find_description('multipart/mixed; boundary="edge"', WITH_ISUP)

    assert found is not None
    assert "m=audio 4000 RTP/AVP 8" in found


def test_find_description__parts_without_session_are_none() -> None:
    body = WITH_ISUP.replace("application/sdp", "text/plain")

    assert find_description("multipart/mixed;boundary=edge", body) is None


def test_find_description__other_types_are_none() -> None:
    assert find_description("text/plain", SESSION) is None
    assert find_description("multipart/mixed", SESSION) is None


@given(st.text(max_size=100), st.text(max_size=200))
def test_find_description__any_text_is_searched_without_error(kind: str, body: str) -> None:
    find_description(kind, body)
    find_description(f"multipart/mixed;boundary={kind}", body)
