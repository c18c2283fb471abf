import pytest

from hotline.transcripts.redaction import redact, redact_pieces

CASES = [
    ("我的电话是13800001111", "我的电话是138****1111"),
    ("打138 0000 1111找我", "打138 **** 1111找我"),
    ("138-0000-1111", "138-****-1111"),
    ("幺三八零零零零幺幺幺幺", "幺三八****幺幺幺幺"),
    ("幺三八，零零零零，幺幺幺幺，记住了吗", "幺三八，****，幺幺幺幺，记住了吗"),
    ("一三八零零零零一一一一是我爱人的", "一三八****一一一一是我爱人的"),
    ("13800001111", "138****1111"),
    ("身份证510104198503072316", "身份证5101**********2316"),
    ("51010419850307231X", "5101**********231X"),
    ("五一零一零四一九八五零三零七二三一叉", "五一零一**********二三一叉"),
    ("老身份证510104850307231", "老身份证5101*******7231"),
    ("卡号6222021234567890123", "卡号***************0123"),
    ("6222 0212 3456 7890", "**** **** **** 7890"),
    ("座机02886543210", "座机*********10"),
    ("电话86543210", "电话******10"),
    ("请打12348", "请打12348"),
    ("欠我1200000元", "欠我1200000元"),
    ("一共1,234,567", "一共1,234,567"),
    ("赔偿3500000块钱", "赔偿3500000块钱"),
    ("二零二三年五月六号", "二零二三年五月六号"),
    ("20230506那天", "20230506那天"),
    ("（2024）川0107民初12345号", "（2024）川0107民初12345号"),
    ("三万五千六百七十八", "三万五千六百七十八"),
    ("一二三四五六", "一二三四五六"),
    ("没有数字", "没有数字"),
    ("", ""),
]


class TestRedact:
    @pytest.mark.parametrize(("text", "expected"), CASES)
    def test_long_numbers_are_masked(self, text: str, expected: str) -> None:
        assert redact(text) == expected

    @pytest.mark.parametrize("text", [text for text, _ in CASES])
    def test_length_is_kept(self, text: str) -> None:
        assert len(redact(text)) == len(text)

    @pytest.mark.parametrize("text", [text for text, _ in CASES])
    def test_masking_again__changes_nothing(self, text: str) -> None:
        assert redact(redact(text)) == redact(text)


class TestRedactPieces:
    def test_number_over_two_pieces__is_masked_in_both(self) -> None:
        assert redact_pieces(["电话幺三八零零", "零零幺幺幺幺"]) == ["电话幺三八**", "**幺幺幺幺"]

    def test_pieces_without_numbers__stay(self) -> None:
        assert redact_pieces(["您好", "", "请讲"]) == ["您好", "", "请讲"]

    def test_no_pieces(self) -> None:
        assert redact_pieces([]) == []
