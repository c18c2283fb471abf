import pytest

from hotline.errors import InvalidInput
from hotline.tickets.masks import MASKS, masked_fields, unmasked


def whole(**fields: str) -> dict[str, str]:
    return {"summary": "", "advice": "", "caller_name": "", "caller_identity": ""} | fields


def seen(text: str) -> str:
    return MASKS["summary"](text)


TWO_ALIKE = "先打13800001234，再打13811111234"


class TestMaskedFields:
    def test_masked_fields__are_those_that_hide_something(self) -> None:
        fields = whole(summary="咨询离婚", advice="打电话13800001234", caller_name="王小明")

        assert masked_fields(fields) == ("advice", "caller_name")


class TestUnmasked:
    def test_unmasked__field_that_comes_back_is_no_change(self) -> None:
        fields = whole(summary="电话13800001234", caller_name="王小明")
        back = {"summary": seen(fields["summary"]) + " ", "caller_name": "王**", "topic": "family"}

        assert unmasked(back, fields) == {"topic": "family"}

    @pytest.mark.parametrize(
        "text",
        [
            TWO_ALIKE,
            "电话13800001234，再说一遍13800001234",
            "卡号 6222 0212 3456 7890 123，电话13800001234",
            "座机8432176，卡6222021234567890176",
            "身份证11010119900307447X",
            "号码是幺三八零零零零幺二三四",
        ],
    )
    def test_unmasked__numbers_in_a_changed_text_are_whole_again(self, text: str) -> None:
        back = {"summary": f"已核实：{seen(text)}。"}

        assert unmasked(back, whole(summary=text)) == {"summary": f"已核实：{text}。"}

    def test_unmasked__numbers_may_be_removed(self) -> None:
        assert unmasked({"summary": "已打"}, whole(summary=TWO_ALIKE)) == {"summary": "已打"}

    def test_unmasked__one_of_two_that_look_alike_is_refused(self) -> None:
        with pytest.raises(InvalidInput):
            unmasked({"summary": "再打138****1234"}, whole(summary=TWO_ALIKE))

    def test_unmasked__emphasis_is_no_mask(self) -> None:
        assert unmasked({"advice": "**重要**"}, whole()) == {"advice": "**重要**"}

    def test_unmasked__empty_field_is_a_change(self) -> None:
        assert unmasked({"caller_name": ""}, whole(caller_name="王小明")) == {"caller_name": ""}
