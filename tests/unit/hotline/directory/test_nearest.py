import pytest

from hotline.directory.nearest import is_covered


@pytest.mark.parametrize(
    ("centres", "expected"),
    [
        (["510104"], True),
        (["510100"], True),
        (["511500"], True),
        (["110000"], False),
        (["", "51"], False),
        ([], False),
    ],
)
def test_is_covered__by_a_centre_of_the_same_province(centres: list[str], expected: bool) -> None:
    assert is_covered("510104", centres) is expected
