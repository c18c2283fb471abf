from hypothesis import given, strategies as st

from agent_console.gateway.pacing import FRAME_SECONDS, Pacer


def feed(pacer: Pacer, arrivals: list[float], *, is_quiet: bool = False) -> list[float]:
    """Lets frames arrive at these moments; when each was sent, the waiting ones by the clock."""
    sent = []
    for now in arrivals:
        while pacer.next_at is not None and pacer.next_at <= now:
            at = pacer.next_at
            assert pacer.take(now=at) is not None
            sent.append(at)
        if pacer.arrived(b"x", now=now, is_quiet=is_quiet) is not None:
            sent.append(now)
    while (at := pacer.next_at or 0.0) and pacer.take(now=at) is not None:
        sent.append(at)
    return sent


class TestArrived:
    def test_arrived__regular_frames_go_at_once(self) -> None:
        arrivals = [1 + n * FRAME_SECONDS for n in range(50)]

        assert feed(Pacer(), arrivals) == arrivals

    def test_arrived__small_jitter_is_let_through(self) -> None:
        arrivals = [1 + n * FRAME_SECONDS + (0.008 if n % 2 else 0) for n in range(50)]

        assert feed(Pacer(), arrivals) == arrivals

    def test_arrived__a_burst_leaves_at_the_beat(self) -> None:
        sent = feed(Pacer(), [1.0] * 6)

        assert len(sent) == 6
        gaps = [later - earlier for earlier, later in zip(sent[1:], sent[2:], strict=False)]
        assert all(abs(gap - FRAME_SECONDS) < 1e-9 for gap in gaps)

    def test_arrived__more_than_a_tenth_of_a_second_is_dropped_the_oldest_first(self) -> None:
        pacer = Pacer()
        frames = [bytes([n]) for n in range(20)]
        sent = [pacer.arrived(frame, now=1.0, is_quiet=False) for frame in frames]
        sent += [pacer.take(now=9.0)]

        assert len(pacer) == 4
        assert sent[-1] == frames[15]

    def test_arrived__a_quiet_moment_catches_up(self) -> None:
        pacer = Pacer()
        for _ in range(5):
            pacer.arrived(b"speech", now=1.0, is_quiet=False)
        before = len(pacer)

        pacer.arrived(b"quiet", now=1.0, is_quiet=True)

        assert len(pacer) == before

    def test_arrived__a_pause_earns_no_credit(self) -> None:
        pacer = Pacer()
        pacer.arrived(b"x", now=1.0, is_quiet=False)

        sent = [pacer.arrived(b"x", now=60.0, is_quiet=False) for _ in range(5)]

        assert sum(frame is not None for frame in sent) == 2

    @given(st.lists(st.floats(0, 2), min_size=1, max_size=200))
    def test_arrived__the_engine_is_never_more_than_a_frame_ahead(
        self, moments: list[float]
    ) -> None:
        sent = feed(Pacer(), sorted(moments))

        assert sent == sorted(sent)
        for count, at in enumerate(sent):
            since = [moment for moment in sent[: count + 1] if moment > at - 0.1]
            assert len(since) <= 7
