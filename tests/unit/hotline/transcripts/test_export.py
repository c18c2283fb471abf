from hotline.transcripts.export import Line, as_srt, as_text

LINES = [
    Line("lawyer", 900, 2500, "您好"),
    Line("caller", 3_723_004, 3_725_000, "我想\n问一下"),
]


def test_as_text__says_who_and_when() -> None:
    assert as_text(LINES) == "[00:00:00] 律师：您好\n[01:02:03] 来电人：我想 问一下\n"


def test_as_srt__numbers_and_times() -> None:
    assert as_srt(LINES) == (
        "1\n00:00:00,900 --> 00:00:02,500\n律师：您好\n\n"
        "2\n01:02:03,004 --> 01:02:05,000\n来电人：我想 问一下\n\n"
    )


def test_nothing_said__is_an_empty_file() -> None:
    assert as_text([]) == as_srt([]) == ""
