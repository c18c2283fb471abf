"""Session descriptions: what is taken, what is answered, what is refused."""

import pytest
from hypothesis import example, given, strategies as st

from ivr.media.control import Codec
from ivr.sip.line import Direction, RemoteMedia
from ivr.sip.sdp import (
    LocalMedia,
    read_answer,
    read_offer,
    write_answer,
    write_offer,
)
from ivr.sip.sdp_sections import UnacceptableOffer

LOCAL = LocalMedia(host="10.0.0.5", port=20000, session=77, version=1)


def describe(
    *media: str,
    connection: str = "c=IN IP4 10.0.0.9",
    timing: str = "t=0 0",
    session: tuple[str, ...] = (),
    end: str = "\r\n",
) -> str:
    head = ["v=0", "o=- 1 1 IN IP4 10.0.0.9", "s=-", connection, timing, *session]
    return end.join([*head, *media, ""])


# Offers as telephones and gateways make them, and what becomes of each.
GATEWAY = describe(
    "m=audio 4000 RTP/AVP 8 0 18 101",
    "a=rtpmap:8 PCMA/8000",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:18 G729/8000",
    "a=rtpmap:101 telephone-event/8000",
    "a=fmtp:101 0-15",
    "a=ptime:20",
    "a=sendrecv",
)
U_LAW_ONLY = describe("m=audio 4000 RTP/AVP 0")
WITHOUT_RTPMAP = describe("m=audio 4000 RTP/AVP 8 101")
EVENT_96 = describe(
    "m=audio 4000 RTP/AVP 0 8 96", "a=rtpmap:96 telephone-event/8000", "a=fmtp:96 0-16"
)
EVENT_OF_OPUS_FIRST = describe(
    "m=audio 4000 RTP/AVP 111 8 110 126",
    "a=rtpmap:111 opus/48000/2",
    "a=rtpmap:110 telephone-event/48000",
    "a=rtpmap:126 telephone-event/8000",
)
VIDEO_BESIDE = describe(
    "m=audio 4000 RTP/AVP 8", "m=video 4002 RTP/AVP 96 97", "a=rtpmap:96 H264/90000"
)
MEDIA_CONNECTION = describe(
    "m=audio 4000 RTP/AVP 8", "c=IN IP4 10.0.0.10", connection="c=IN IP4 192.0.2.1"
)
IPV6 = describe("m=audio 4000 RTP/AVP 8", connection="c=IN IP6 2001:db8::9")
IPV6_OF_SESSION = describe(
    "m=audio 4000 RTP/AVP 8", "c=IN IP4 10.0.0.9", connection="c=IN IP6 2001:db8::9"
)
IPV6_FIRST = describe(
    "m=audio 4002 RTP/AVP 8", "c=IN IP6 2001:db8::9", "m=audio 4000 RTP/AVP 8", "c=IN IP4 10.0.0.9"
)
SHORT_PACKETS = describe("m=audio 4000 RTP/AVP 8", "a=maxptime:10")
BARE_LINE_FEEDS = describe("m=audio 4000 RTP/AVP 8", end="\n")
SECURE_FIRST = describe("m=audio 4000 RTP/SAVP 8", "m=audio 4002 RTP/AVP 8")
FEEDBACK = describe("m=audio 4000 RTP/AVPF 8")
PORT_COUNT = describe("m=audio 4000/2 RTP/AVP 8")
VIDEO_OFF = describe("m=video 0 RTP/AVP 96", "m=audio 4000 RTP/AVP 8")
TWO_CONNECTIONS = describe(
    "m=video 4002 RTP/AVP 96",
    "c=IN IP4 192.0.2.2",
    "m=audio 4000 RTP/AVP 8",
    "c=IN IP4 10.0.0.9",
    connection="s=-",
)
MONO_MARKED = describe("m=audio 4000 RTP/AVP 8", "a=rtpmap:8 pcma/8000/1")


def media(**changes: object) -> RemoteMedia:
    values: dict[str, object] = {
        "host": "10.0.0.9",
        "port": 4000,
        "codec": Codec.PCMA,
        "telephone_event": None,
        "direction": Direction.SENDRECV,
    }
    return RemoteMedia(**(values | changes))  # type: ignore[arg-type]  # a table of one type each


class TestReadOffer:
    @pytest.mark.parametrize(
        ("offer", "expected"),
        [
            pytest.param(GATEWAY, media(telephone_event=101), id="gateway"),
            pytest.param(U_LAW_ONLY, media(codec=Codec.PCMU), id="u-law-only"),
            pytest.param(WITHOUT_RTPMAP, media(), id="event-without-rtpmap-is-none"),
            pytest.param(EVENT_96, media(telephone_event=96), id="a-law-wins-whatever-the-order"),
            pytest.param(EVENT_OF_OPUS_FIRST, media(telephone_event=126), id="event-at-8000-hz"),
            pytest.param(VIDEO_BESIDE, media(), id="video-ignored"),
            pytest.param(MEDIA_CONNECTION, media(host="10.0.0.10"), id="connection-of-the-media"),
            pytest.param(IPV6_OF_SESSION, media(), id="ipv6-of-the-session-only"),
            pytest.param(IPV6_FIRST, media(), id="ipv4-beside-ipv6"),
            pytest.param(BARE_LINE_FEEDS, media(), id="bare-line-feeds"),
            pytest.param(SECURE_FIRST, media(port=4002), id="plain-beside-secure"),
            pytest.param(FEEDBACK, media(), id="avpf"),
            pytest.param(PORT_COUNT, media(), id="port-count"),
            pytest.param(VIDEO_OFF, media(), id="video-switched-off"),
            pytest.param(TWO_CONNECTIONS, media(), id="connection-of-each-media"),
            pytest.param(MONO_MARKED, media(), id="mono-marked"),
        ],
    )
    def test_read_offer__usable_offer_is_understood(
        self, offer: str, expected: RemoteMedia
    ) -> None:
        assert read_offer(offer).media == expected

    @pytest.mark.parametrize(
        "offer",
        [
            pytest.param("", id="empty"),
            pytest.param("v=0\r\ns=-\r\nt=0 0\r\n", id="no-media"),
            pytest.param(describe("m=audio 4000 RTP/AVP 18"), id="no-common-codec"),
            pytest.param(describe("m=audio 4000 RTP/SAVP 8"), id="srtp"),
            pytest.param(describe("m=audio 4000 UDP/TLS/RTP/SAVPF 8 0"), id="dtls"),
            pytest.param(describe("m=audio 0 RTP/AVP 8"), id="port-0"),
            pytest.param(describe("m=audio 70000 RTP/AVP 8"), id="port-too-high"),
            pytest.param(describe("m=image 4000 udptl t38"), id="fax"),
            pytest.param(describe("m=audio 4000 RTP/AVP"), id="no-formats"),
            pytest.param(describe("m=audio ٤٠٠٠ RTP/AVP 8"), id="digits-of-another-script"),
            pytest.param(
                describe("m=audio 4000 RTP/AVP 8", "a=rtpmap:8 G722/8000"), id="8-is-redefined"
            ),
            pytest.param(describe("m=audio 4000 RTP/AVP 8", "a=rtpmap:8 PCMA/8000/2"), id="stereo"),
            pytest.param(describe("m=audio 4000 RTP/AVP 8", connection="s=-"), id="no-address"),
            pytest.param(
                describe("m=audio 4000 RTP/AVP 8", connection="c=IN IP4 media.example"), id="name"
            ),
            pytest.param(
                describe("m=audio 4000 RTP/AVP 8", connection="c=IN IP4 239.1.1.1/127"),
                id="multicast",
            ),
            pytest.param(
                describe("m=audio 4000 RTP/AVP 8", connection="c=IN IP4 999.0.0.1"),
                id="no-real-address",
            ),
            pytest.param(describe(*["m=audio 4000 RTP/AVP 8"] * 17), id="too-many-sections"),
            pytest.param(GATEWAY + "a=x\r\n" * 5000, id="too-long"),
            pytest.param(IPV6, id="ipv6"),
            pytest.param(
                describe("m=audio 4000 RTP/AVP 8", connection="c=IN IP6 ::"), id="ipv6-hold"
            ),
            pytest.param(SHORT_PACKETS, id="packets-shorter-than-ours"),
        ],
    )
    def test_read_offer__unusable_offer_is_refused(self, offer: str) -> None:
        with pytest.raises(UnacceptableOffer):
            read_offer(offer)

    @pytest.mark.parametrize(
        ("offer", "code"),
        [
            (describe("m=audio 4000 RTP/AVP 18"), "305"),
            (IPV6, "301"),
            (SHORT_PACKETS, "306"),
        ],
    )
    def test_read_offer__refusal_says_what_is_to_blame(self, offer: str, code: str) -> None:
        with pytest.raises(UnacceptableOffer) as caught:
            read_offer(offer)

        assert caught.value.headers["warning"].startswith(f'{code} hotline "')

    @pytest.mark.parametrize(("ptime", "maxptime"), [(10, 20), (20, 20), (30, 40), (40, 40)])
    def test_read_offer__any_packet_time_is_taken(self, ptime: int, maxptime: int) -> None:
        # A wish only (RFC 8866 section 6.4); ours says what we would like.
        offer = read_offer(
            describe("m=audio 4000 RTP/AVP 8", f"a=ptime:{ptime}", f"a=maxptime:{maxptime}")
        )

        assert offer.media == media()
        assert "a=ptime:20\r\n" in write_answer(offer, LOCAL)

    @pytest.mark.parametrize(
        ("attribute", "expected"),
        [
            ("a=rtcp:4711", 4711),
            ("a=rtcp:4711 IN IP4 192.0.2.1", 4711),
            ("a=rtcp:4711 IN IP4 198.51.100.9", None),
            ("a=rtcp:0", None),
            ("a=rtcp:99999", None),
            ("a=rtcp-mux", None),
        ],
    )
    def test_read_offer__port_of_reports_is_one_of_the_same_machine(
        self, attribute: str, expected: int | None
    ) -> None:
        offer = describe("m=audio 4000 RTP/AVP 8", attribute, connection="c=IN IP4 192.0.2.1")

        assert read_offer(offer).media.control_port == expected

    @pytest.mark.parametrize("name", [direction.value for direction in Direction])
    def test_read_offer__direction_of_the_media_wins(self, name: str) -> None:
        offer = describe("m=audio 4000 RTP/AVP 8", f"a={name}", session=("a=inactive",))

        assert read_offer(offer).media.direction.value == name

    def test_read_offer__direction_of_the_session_counts_without_one_of_the_media(self) -> None:
        offer = describe("m=audio 4000 RTP/AVP 8", session=("a=sendonly",))

        assert read_offer(offer).media.direction is Direction.SENDONLY

    @pytest.mark.parametrize(
        ("attribute", "expected"),
        [
            ("a=sendrecv", Direction.SENDONLY),
            ("a=recvonly", Direction.INACTIVE),
            ("a=inactive", Direction.INACTIVE),
        ],
    )
    def test_read_offer__address_zero_is_hold(self, attribute: str, expected: Direction) -> None:
        offer = describe("m=audio 4000 RTP/AVP 8", attribute, connection="c=IN IP4 0.0.0.0")

        found = read_offer(offer).media

        assert (found.direction, found.direction.listens) == (expected, False)

    @given(st.text(max_size=400))
    @example("m=")
    @example("m=audio 1 RTP/AVP 8\nc=IN IP4 1.1.1.1/1/1/1")
    @example("m=audio 1 RTP/AVP 8\na=rtpmap:² PCMA/8000")
    def test_read_offer__any_text_is_read_or_refused(self, text: str) -> None:
        try:
            read_offer(text)
        except UnacceptableOffer:
            pass

    @given(
        st.lists(
            st.sampled_from(
                "v=0|c=IN IP4 10.0.0.9|c=IN IP4 |c=|t=0 0|t=x|a=sendonly|a=rtpmap:8 PCMA/8000|"
                "a=rtpmap:999 PCMA/8000|a=rtpmap:101 telephone-event/8000|a=fmtp:|a=|m=|"
                "m=audio 4000 RTP/AVP 8 0 101|m=video 1 RTP/AVP 9|m=audio 0 RTP/AVP 8|"
                "m=audio 4000 RTP/AVP 300 8|m=audio 99999 RTP/AVP 8".split("|")
            ),
            max_size=24,
        )
    )
    def test_read_offer__any_mix_of_lines_is_answered_or_refused(self, lines: list[str]) -> None:
        try:
            offer = read_offer("\r\n".join(lines))
        except UnacceptableOffer:
            return
        answer = write_answer(offer, LOCAL)
        assert answer.count("m=") == len(offer.sections)
        assert sum(" 20000 " in line for line in answer.split("\r\n")) == 1


class TestWriteAnswer:
    def test_write_answer__gateway_gets_a_law_and_events(self) -> None:
        answer = write_answer(read_offer(GATEWAY), LOCAL)

        assert answer.split("\r\n") == [
            "v=0",
            "o=- 77 1 IN IP4 10.0.0.5",
            "s=-",
            "c=IN IP4 10.0.0.5",
            "t=0 0",
            "m=audio 20000 RTP/AVP 8 101",
            "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-15",
            "a=ptime:20",
            "a=sendrecv",
            "",
        ]

    def test_write_answer__other_sections_are_refused_in_their_place(self) -> None:
        answer = write_answer(read_offer(VIDEO_BESIDE), LOCAL).split("\r\n")

        assert [line for line in answer if line.startswith("m=")] == [
            "m=audio 20000 RTP/AVP 8",
            "m=video 0 RTP/AVP 96 97",
        ]

    def test_write_answer__secure_section_is_refused_and_the_plain_one_taken(self) -> None:
        answer = write_answer(read_offer(SECURE_FIRST), LOCAL).split("\r\n")

        assert [line for line in answer if line.startswith("m=")] == [
            "m=audio 0 RTP/SAVP 8",
            "m=audio 20000 RTP/AVP 8",
        ]

    @pytest.mark.parametrize(
        ("offered", "answered"),
        [
            ("sendrecv", "sendrecv"),
            ("sendonly", "recvonly"),
            ("recvonly", "sendonly"),
            ("inactive", "inactive"),
        ],
    )
    def test_write_answer__direction_is_mirrored(self, offered: str, answered: str) -> None:
        offer = read_offer(describe("m=audio 4000 RTP/AVP 8", f"a={offered}"))

        assert f"a={answered}\r\n" in write_answer(offer, LOCAL)

    def test_write_answer__keeps_event_type_timing_and_profile_of_the_offer(self) -> None:
        offer = describe(
            "m=audio 4000 RTP/AVPF 0 96", "a=rtpmap:96 telephone-event/8000", timing="t=12 34"
        )

        answer = write_answer(read_offer(offer), LOCAL)

        assert "t=12 34\r\n" in answer
        assert "m=audio 20000 RTP/AVPF 0 96\r\n" in answer
        assert "a=rtpmap:96 telephone-event/8000\r\n" in answer

    def test_write_answer__ipv6_is_named(self) -> None:
        local = LocalMedia(host="2001:db8::5", port=20000, session=1, version=2)

        assert "c=IN IP6 2001:db8::5\r\n" in write_answer(read_offer(GATEWAY), local)


class TestOurOffer:
    def test_write_offer__can_be_read_back_as_an_offer(self) -> None:
        assert read_offer(write_offer(LOCAL)).media == media(
            host="10.0.0.5", port=20000, telephone_event=101
        )

    @pytest.mark.parametrize(
        ("formats", "codec"), [("8 101", Codec.PCMA), ("0", Codec.PCMU), ("0 8", Codec.PCMU)]
    )
    def test_read_answer__first_codec_of_the_answer_is_the_one(
        self, formats: str, codec: Codec
    ) -> None:
        assert read_answer(describe(f"m=audio 4000 RTP/AVP {formats}")).codec is codec

    def test_read_answer__event_type_of_the_call_needs_no_rtpmap(self) -> None:
        answer = describe("m=audio 4000 RTP/AVP 8 97")
        call = read_offer(describe("m=audio 4000 RTP/AVP 8 97", "a=rtpmap:97 telephone-event/8000"))

        assert read_answer(answer, after=call).telephone_event == 97
        assert read_answer(answer).telephone_event is None

    def test_write_offer__in_a_call_keeps_its_sections_in_their_order(self) -> None:
        call = read_offer(
            describe(
                "m=video 4002 RTP/AVP 96",
                "m=audio 4000 RTP/AVPF 0 97",
                "a=rtpmap:97 telephone-event/8000",
                "m=image 4004 udptl t38",
                timing="t=12 34",
            )
        )

        lines = write_offer(LOCAL, after=call).split("\r\n")

        assert [line for line in lines if line.startswith("m=")] == [
            "m=video 0 RTP/AVP 96",
            "m=audio 20000 RTP/AVPF 8 0 97",
            "m=image 0 udptl t38",
        ]
        assert {"t=12 34", "a=rtpmap:97 telephone-event/8000", "a=sendrecv"} <= set(lines)

    @pytest.mark.parametrize(
        ("attribute", "formats"),
        [("a=rtpmap:101 opus/48000/2", "8 0"), ("a=rtpmap:96 iLBC/8000", "8 0 101")],
    )
    def test_write_offer__in_a_call_gives_no_number_another_meaning(
        self, attribute: str, formats: str
    ) -> None:
        call = read_offer(describe("m=audio 4000 RTP/AVP 101 8", attribute))

        assert f"m=audio 20000 RTP/AVP {formats}\r\n" in write_offer(LOCAL, after=call)

    def test_read_answer__is_that_of_the_audio_wherever_it_stands(self) -> None:
        call = read_offer(describe("m=video 4002 RTP/AVP 96", "m=audio 4000 RTP/AVP 8"))

        answer = describe("m=video 0 RTP/AVP 96", "m=audio 4010 RTP/AVP 0")

        assert read_answer(answer, after=call) == media(port=4010, codec=Codec.PCMU)

    def test_read_answer__without_the_audios_section_is_unacceptable(self) -> None:
        call = read_offer(describe("m=video 4002 RTP/AVP 96", "m=audio 4000 RTP/AVP 8"))

        with pytest.raises(UnacceptableOffer):
            read_answer(describe("m=audio 4010 RTP/AVP 8"), after=call)

    def test_read_answer__our_event_type_needs_no_rtpmap(self) -> None:
        assert read_answer(describe("m=audio 4000 RTP/AVP 8 101")).telephone_event == 101

    @pytest.mark.parametrize(
        "answer", ["", describe("m=audio 0 RTP/AVP 8"), describe("m=audio 4000 RTP/AVP 18"), IPV6]
    )
    def test_read_answer__refusal_of_our_audio_is_unacceptable(self, answer: str) -> None:
        with pytest.raises(UnacceptableOffer):
            read_answer(answer)
