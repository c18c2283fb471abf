import pytest

from hotline.transcripts.redaction import redact
from hotline.transcripts.word_masks import mask_words


class TestMaskWords:
    @pytest.mark.parametrize(
        ("words", "text", "expected"),
        [
            # Laid on the text: each word shows what the text shows of it.
            (
                "我 电话 13800138000 打给 我",
                "我电话13800138000，打给我。",
                "我 电话 138****8000 打给 我",
            ),
            (
                "电话 幺 三 八 零零零零 幺幺 幺幺",
                "电话幺三八零零零零幺幺幺幺",
                "电话 幺 三 八 **** 幺幺 幺幺",
            ),
            ("欠 我 1200000 元", "欠我1200000元。", "欠 我 1200000 元"),
            ("use WeChat", "Use wechat", "Use wechat"),
            # Written otherwise, and something is hidden: no word is shown.
            ("我 电话 幺 三 八", "我电话13800138000", "* ** * * *"),
            # Written otherwise, nothing is hidden in the text; the words are masked on their own.
            ("一百 二十 块", "120块", "一百 二十 块"),
            ("共 13800138000", "共多少", "共 138****8000"),
        ],
    )
    def test_words__show_no_more_than_the_text(self, words: str, text: str, expected: str) -> None:
        assert mask_words(words.split(), text=text, shown=redact(text)) == expected.split()

    def test_number_that_began_before__is_hidden_in_the_words(self) -> None:
        assert mask_words(["138000", "吧"], text="138000吧", shown="******吧") == ["******", "吧"]

    def test_no_words(self) -> None:
        assert mask_words([], text="好", shown="好") == []

    def test_words_that_are_less_than_the_text__are_not_laid_on_it(self) -> None:
        assert mask_words(["电话"], text="电话13800138000", shown="电话138****8000") == ["**"]
