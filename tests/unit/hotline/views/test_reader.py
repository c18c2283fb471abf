"""What all shapes share."""

import pytest
from pydantic import ValidationError

from hotline.views.reader import Person


def test_shape__that_does_not_fit_quotes_nothing() -> None:
    with pytest.raises(ValidationError) as caught:
        Person.model_validate({"id": "user_1", "name": ["老板拖欠张三的工资"]})

    assert "name" in str(caught.value)
    assert "张三" not in str(caught.value)
