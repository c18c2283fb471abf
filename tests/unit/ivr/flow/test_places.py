import pytest

from ivr.flow.errors import Path
from ivr.flow.places import line_of, lines_of

TEXT = """\
default_language = "zh"
# a comment = "x"
[topic_menu]
intro = [
    "one",
]
[[topic_menu.choices]]
key = "1"
[[topic_menu.choices.choices]]
key = "1"
[[topic_menu.choices]]
key = "2"
[timetables."24x7"]  # named like this
monday = ["09:00-18:00"]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("default_language",), 1),
        (("topic_menu",), 3),
        (("topic_menu", "intro"), 4),
        (("topic_menu", "choices"), 7),
        (("topic_menu", "choices", 0, "key"), 8),
        (("topic_menu", "choices", 0, "choices", 0, "key"), 10),
        (("topic_menu", "choices", 1), 11),
        (("topic_menu", "choices", 1, "key"), 12),
        (("timetables", "24x7", "monday"), 14),
        (("timetables", "24x7", "friday"), 13),
        (("topic_menu", "choices", 5, "key"), 7),
        (("seconds", "answer"), None),
        ((), None),
    ],
)
def test_line_of__finds_the_nearest(path: Path, line: int | None) -> None:
    assert line_of(lines_of(TEXT), path) == line
