"""Rules of names, passwords, roles and waiting."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from hotline.accounts import rules
from hotline.errors import InvalidInput

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def failures(*seconds_ago: float) -> list[datetime]:
    return [NOW - timedelta(seconds=seconds) for seconds in seconds_ago]


def test_wait_seconds__below_the_limit_is_none() -> None:
    assert rules.wait_seconds(failures(1, 2, 3, 4), rules.PERSON_LIMIT, NOW) == 0


def test_wait_seconds__fifth_failure_waits_thirty_seconds_from_the_newest() -> None:
    assert rules.wait_seconds(failures(10, 20, 30, 40, 50), rules.PERSON_LIMIT, NOW) == 20


@pytest.mark.parametrize(
    ("count", "wait"), [(5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (500, 900)]
)
def test_wait_seconds__doubles_up_to_fifteen_minutes(count: int, wait: int) -> None:
    assert rules.wait_seconds([NOW] * count, rules.PERSON_LIMIT, NOW) == wait


def test_wait_seconds__old_failures_are_forgiven() -> None:
    assert rules.wait_seconds(failures(*[3601.0] * 50), rules.PERSON_LIMIT, NOW) == 0


def test_wait_seconds__rounds_up_so_that_trying_then_works() -> None:
    assert rules.wait_seconds(failures(*[29.5] * 5), rules.PERSON_LIMIT, NOW) == 1


@given(st.lists(st.floats(min_value=0, max_value=7200), max_size=60))
def test_wait_seconds__is_never_negative_nor_above_the_longest(ages: list[float]) -> None:
    assert 0 <= rules.wait_seconds(failures(*ages), rules.PERSON_LIMIT, NOW) <= 900


@pytest.mark.parametrize(
    ("typed", "stored"), [(" Wang.Li ", "wang.li"), ("\uff2c\uff29", "li"), ("王律师", "王律师")]
)
def test_normalise_username__case_width_and_space_do_not_matter(typed: str, stored: str) -> None:
    assert rules.normalise_username(typed) == stored


@pytest.mark.parametrize("typed", ["", "  ", "a b", "a\n", "x" * 65, "a/b", "<script>", "\x00"])
def test_normalise_username__what_cannot_be_typed_again_is_refused(typed: str) -> None:
    if typed == "a\n":
        assert rules.normalise_username(typed) == "a"
        return
    with pytest.raises(InvalidInput):
        rules.normalise_username(typed)


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaa", "abababababab", "x" * 9, "wanglicheng1", "ab" * 101]
)
def test_check_password__easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        rules.check_password(password, username="wangli")


def test_check_password__ten_characters_are_enough() -> None:
    rules.check_password("月亮 caixia 7", username="wangli")


def test_check_roles__are_sorted_without_doubles() -> None:
    assert rules.check_roles(["supervisor", "lawyer", "lawyer"]) == ["lawyer", "supervisor"]


@pytest.mark.parametrize("roles", [[], ["king"], ["lawyer", "king"]])
def test_check_roles__unknown_or_none_is_refused(roles: list[str]) -> None:
    with pytest.raises(InvalidInput):
        rules.check_roles(roles)


@pytest.mark.parametrize(
    ("languages", "topics"), [([], ["*"]), (["zh"], []), (["Chinese"], ["*"]), (["zh"], [""])]
)
def test_check_skills__nobody_could_reach_is_refused(
    languages: list[str], topics: list[str]
) -> None:
    with pytest.raises(InvalidInput):
        rules.check_skills(languages, topics)


def test_check_skills__languages_outside_the_menu_are_welcome() -> None:
    rules.check_skills(["zh", "yue"], ["labour"])
