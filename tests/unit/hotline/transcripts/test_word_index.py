import pytest

from hotline.transcripts.word_index import phrases, tokens


class TestTokens:
    def test_chinese__is_cut_into_pairs_and_the_last_character(self) -> None:
        assert tokens("拖欠工资") == ["拖欠", "欠工", "工资", "资"]

    def test_other_words__stay_whole_and_small(self) -> None:
        assert tokens("用 WeChat 转账 300") == ["用", "wechat", "转账", "账", "300"]

    def test_blanks_between_chinese_words__part_nothing(self) -> None:
        assert tokens("拖欠 工资") == tokens("拖欠工资")

    def test_forms_of_one_letter__are_one(self) -> None:
        assert tokens("３５００ＡＢ") == ["3500ab"]

    def test_punctuation__parts(self) -> None:
        assert tokens("你好，请问") == ["你好", "好", "请问", "问"]


class TestPhrases:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("工资", [["工资"]]),
            ("拖欠工资", [["拖欠", "欠工", "工资"]]),
            ("工资 仲裁", [["工资"], ["仲裁"]]),
            ("欠", [["欠"]]),
            ('"; DROP', [["drop"]]),
            ("  ，。", []),
            ("工资3500", [["工资", "资", "3500"]]),
            ("拖欠2个月", [["拖欠", "欠", "2", "个月"]]),
            ("工资，没给", [["工资", "资", "没给"]]),
            ("2个", [["2", "个"]]),
            ("월급을", [["월급을"]]),
        ],
    )
    def test_query__becomes_runs_of_tokens(self, query: str, expected: list[list[str]]) -> None:
        assert phrases(query) == expected
