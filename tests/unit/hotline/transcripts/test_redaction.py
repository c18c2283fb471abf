import pytest
from hypothesis import given, strategies as st

from hotline.transcripts.redaction import may_go_on, redact, redact_pieces, without_numbers

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
    # What follows a number makes no sum of it.
    ("我电话13800138000万一断了打给我", "我电话138****8000万一断了打给我"),
    ("打我13800138000千万别打", "打我138****8000千万别打"),
    ("13800138000百忙之中", "138****8000百忙之中"),
    ("13800138000块点打", "138****8000块点打"),
    ("13800138000元旦以后打", "138****8000元旦以后打"),
    ("13800138000元", "138****8000元"),
    ("138 0013 8000元旦见", "138 **** 8000元旦见"),
    ("138-0013-8000元宵节", "138-****-8000元宵节"),
    ("138，0013，8000万一", "138，****，8000万一"),
    ("幺三八零零幺三八零零零块", "幺三八****八零零零块"),
    ("幺三八零零零零幺幺幺幺万一打不通", "幺三八****幺幺幺幺万一打不通"),
    ("86543210元旦打", "******10元旦打"),
    ("我座机86543210元月份打", "我座机******10元月份打"),
    ("我座机86543210元", "我座机******10元"),
    ("电话是8654 3210万一没人接", "电话是**** **10万一没人接"),
    ("8654，3210万一没人接", "****，**10万一没人接"),
    ("028-86543210元旦", "***-******10元旦"),
    ("400 800 1234块", "*** *** **34块"),
    ("51010419850307231X元旦办的", "5101**********231X元旦办的"),
    ("身份证510104198503072316万一丢了", "身份证5101**********2316万一丢了"),
    ("510104 19850307 2316块", "5101** ******** 2316块"),
    ("卡号6222021234567890123元", "卡号***************0123元"),
    ("6222 0212 3456 7894元旦", "**** **** **** 7894元旦"),
    ("电话20230506", "电话******06"),
    ("账号是1234567", "账号是*****67"),
    # A sum after a number stays one, and the number none.
    ("我电话13800138000，3500元没给", "我电话138****8000，3500元没给"),
    ("13800138000，35万没给", "138****8000，35万没给"),
    ("13800138000、1,234,567元", "138****8000、1,234,567元"),
    ("510104198503072316，3500块钱", "5101**********2316，3500块钱"),
    ("6222021234567890，3500元", "************7890，3500元"),
    ("86543210，1200000元", "******10，1200000元"),
    ("20230506，3500000元", "20230506，3500000元"),
    ("13800138000，三千五百元", "********000，三千五百元"),
    ("三千五，13800138000", "三千五，138****8000"),
    ("万一，13800138000", "万一，138****8000"),
    # The same over two segments.
    ("电话13800138000\n万一断了", "电话138****8000\n万一断了"),
    ("电话13800138000\n元旦见", "电话138****8000\n元旦见"),
    ("电话13800138000\n3500元没给", "电话138****8000\n3500元没给"),
    ("电话86543210\n元旦见", "电话******10\n元旦见"),
    ("电话是138001。\n38000。", "电话是138***。\n*8000。"),
    # Sums.
    ("欠我12,345.67元", "欠我12,345.67元"),
    ("赔1234567.89元", "赔1234567.89元"),
    ("货款86543210元", "货款86543210元"),
    ("3500，4500元", "3500，4500元"),
    ("１２０００００元", "１２０００００元"),
    ("面积1234567平方", "面积1234567平方"),
    ("他保证1200000元", "他保证1200000元"),
    ("身份证是5101041元", "身份证是*****41元"),
]

_TEXT = st.text("我的电话是打没给欠了万一千百亿元旦块钱。，、 \n三五零幺", max_size=12)
_DAY = st.dates().map(lambda day: f"{1940 + day.year % 70}{day:%m%d}")


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.integers(0, 10**count - 1).map(lambda value: f"{value:0{count}d}")


def _luhn(digits: str) -> str:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return digits + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


_MOBILES = st.builds(lambda first, rest: f"1{first}{rest}", st.integers(3, 9), _digits(9))
_IDENTITIES = st.builds(
    lambda area, day, order, last: f"{area}{day}{order}{last}",
    st.sampled_from(["510104", "540102", "110101", "650100"]),
    _DAY,
    _digits(3),
    st.sampled_from("0123456789X"),
)
_CARDS = st.builds(
    lambda bank, rest: _luhn(bank + rest), st.sampled_from(["622202", "621700"]), _digits(9)
)


def _grouped(number: str, sizes: tuple[int, ...], between: str) -> str:
    parts: list[str] = []
    rest = number
    for size in sizes:
        parts, rest = [*parts, rest[:size]], rest[size:]
    return between.join([*parts, rest])


_BETWEEN = st.sampled_from(["", " ", "-", "，"])
_NUMBERS = st.one_of(
    st.builds(_grouped, _MOBILES, st.just((3, 4)), _BETWEEN),
    st.builds(_grouped, _IDENTITIES, st.just((6, 8)), _BETWEEN),
    st.builds(_grouped, _CARDS, st.just((4, 4, 4)), _BETWEEN),
)
_MOST_SHOWN = 8


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

    @given(_TEXT, _NUMBERS, _TEXT)
    def test_number__is_masked_whatever_stands_around_it(
        self, before: str, number: str, after: str
    ) -> None:
        shown = redact(before + number + after)[len(before) : len(before + number)]

        hidden = [old for old, new in zip(number, shown, strict=True) if new != old]
        assert len(hidden) >= sum(char.isalnum() for char in number) - _MOST_SHOWN
        assert set(shown) - set(number) == {"*"}

    @given(st.text("老板欠了我的工资没给，。", max_size=8), st.integers(1, 999_999_999))
    def test_sum_of_money__stays(self, before: str, amount: int) -> None:
        for written in (f"{amount}元", f"{amount:,}块钱", f"{amount}.50元", f"{amount % 10**6}万"):
            assert redact(before + written + "没给") == before + written + "没给"

    @given(_MOBILES, st.integers(1, 99_999))
    def test_sum_after_a_number__stays(self, number: str, amount: int) -> None:
        masked = f"{number[:3]}****{number[-4:]}"
        assert redact(f"{number}，{amount}元") == f"{masked}，{amount}元"

    def test_sum_after_a_number_and_a_blank__stays(self) -> None:
        assert redact("13800138000 3500元") == "138****8000 3500元"


class TestRedactPieces:
    def test_number_over_two_pieces__is_masked_in_both(self) -> None:
        assert redact_pieces(["电话幺三八零零", "零零幺幺幺幺"]) == ["电话幺三八**", "**幺幺幺幺"]

    def test_pieces_without_numbers__stay(self) -> None:
        assert redact_pieces(["您好", "", "请讲"]) == ["您好", "", "请讲"]

    def test_no_pieces(self) -> None:
        assert redact_pieces([]) == []


class TestMayGoOn:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("我电话138。", True),
            ("，0013打给我", True),
            ("X吧", True),
            ("幺三八", True),
            ("我电话13800138000打给我", False),
            ("没有", False),
            ("", False),
        ],
    )
    def test_digits_at_an_end(self, text: str, expected: bool) -> None:
        assert may_go_on(text) is expected

    @given(_TEXT, _NUMBERS, _TEXT, st.integers(0, 40))
    def test_pieces_whose_ends_are_no_digits__are_masked_as_if_alone(
        self, before: str, number: str, after: str, place: int
    ) -> None:
        whole = before + number + after
        pieces = [whole[:place], whole[place:]]
        if not any(may_go_on(piece) for piece in pieces):
            assert redact_pieces(pieces) == [redact(piece) for piece in pieces]


class TestWithoutNumbers:
    def test_masked_number__goes_with_the_digits_that_are_shown(self) -> None:
        assert without_numbers(["电话13800", "138000吧"]) == ["电话*****", "******吧"]

    def test_sum__stays(self) -> None:
        assert without_numbers(["欠我1200000元"]) == ["欠我1200000元"]
