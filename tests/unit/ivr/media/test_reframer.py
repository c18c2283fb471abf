import pytest

from ivr.media.reframer import Reframer

FIRST = 4_294_967_000  # wraps within the first frames


@pytest.mark.parametrize("length", [80, 160, 240, 320, 480])
def test_cut__any_packet_length_becomes_frames(length: int) -> None:
    voice = bytes(number % 251 for number in range(4800))
    reframer = Reframer()

    frames = [
        found
        for start in range(0, len(voice), length)
        for found in reframer.cut((FIRST + start) % 2**32, voice[start : start + length])
    ]

    assert b"".join(frame for _, frame in frames) == voice
    assert [at for at, _ in frames] == [(FIRST + 160 * n) % 2**32 for n in range(30)]


def test_cut__begins_anew_after_a_loss() -> None:
    reframer = Reframer()
    reframer.cut(0, b"a" * 240)

    frames = reframer.cut(480, b"c" * 240)

    assert frames == [(480, b"c" * 160)]
