import pytest
from hypothesis import given, strategies as st

from hotline.errors import NotConfigured
from ivr.media.pool import engines_wanted, share_ports


@given(st.integers(1024, 60_000), st.integers(8, 5000), st.integers(1, 4))
def test_share_ports__parts_are_even_apart_and_alike(first: int, size: int, count: int) -> None:
    ports = range(first, first + size)
    if size < 2 * count + 1:
        return

    parts = share_ports(ports, count)

    assert len(parts) == count
    assert all(part.start % 2 == 0 and len(part) % 2 == 0 for part in parts)
    assert all(port in ports for part in parts for port in (part[0], part[-1]))
    assert all(one.stop == other.start for one, other in zip(parts, parts[1:], strict=False))
    assert max(map(len, parts)) - min(map(len, parts)) <= 2
    assert sum(map(len, parts)) >= size - 2


def test_share_ports__too_few_are_refused() -> None:
    with pytest.raises(NotConfigured, match="fewer"):
        share_ports(range(40_000, 40_004), 3)


def test_engines_wanted__a_number_is_a_number() -> None:
    assert engines_wanted("3") == 3


def test_engines_wanted__auto_leaves_a_core_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2, 3})
    assert engines_wanted("auto") == 3

    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    assert engines_wanted("auto") == 1
