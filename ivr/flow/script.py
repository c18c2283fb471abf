"""The words of a script for `ivr.flow.simulate`: what each means, and which there are. Pure."""

import re
from collections.abc import Mapping
from datetime import date, time

from ivr.flow import inputs
from ivr.flow.busy import Busy
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.expected import WAIT_CLASSES, Expected
from ivr.flow.questions import ANSWER_PROMPTS
from ivr.flow.speaking import say_date, say_digits, say_money, say_time, say_year

FIRST = ("no number", "no recogniser")
"""Said before all others, of the call itself."""

HAPPENINGS: Mapping[str, tuple[inputs.Input, ...]] = {
    "lawyer accepts": (inputs.OfferAccepted(leg="leg", lawyer="lawyer"), inputs.LawyerHeard()),
    "lawyer hangs up": (inputs.LawyerHungUp(),),
    "lawyer lost": (inputs.LawyerLost(),),
    "lawyer heard": (inputs.LawyerHeard(),),
    "queue closes": (inputs.LeftQueue("closed"),),
    "hang up": (inputs.CallerHungUp(),),
}
"""What happens by itself, and what the flow hears of it."""

_NOBODY_KNOWS = "unknown"
_LONG, _MESSAGE = "long", "message"

# As many digits as can be said.
_SUM = re.compile(r"(\d{1,8})(?:\.(\d{1,2}))?yuan", re.ASCII)
_YEAR = re.compile(r"(\d{4})year", re.ASCII)

_SAMPLES = (
    "key 1",
    "say words",
    "wait 20",
    "position 2",
    "range 5_10 long message",
    "busy long",
    "finds progress_accepted 2027-01-04",
)


def words_of(script: str) -> list[str]:
    """The words of a script in their order; semicolons and lines part them, # begins a remark."""
    words = [" ".join(word.split()) for word in script.replace("\n", ";").split(";")]
    return [word for word in words if word and not word.startswith("#")]


def keys_script(keys: str) -> str:
    """The script that presses keys such as `1,2`, each when it may be pressed.

    Raises:
        FlowDefinitionError: There is something else among them.
    """
    return "; ".join(f"key {key}" for key in keys.replace(",", " ").split())


def unknown(word: str) -> FlowDefinitionError:
    """What to raise about a word that means nothing."""
    known = ", ".join([*_SAMPLES, *FIRST, *HAPPENINGS])
    return FlowDefinitionError(f"The script does not know {word!r}; there are: {known}.")


def expected_of(value: str) -> Expected | None:
    """The forecast of `range 5_10 long message`; None where it is none.

    The first part is a range of `WAIT_CLASSES` or unknown; `long` is longer than callers are to
    bear, `message` so far that they may leave one.
    """
    wait, *flags = value.split() or [""]
    if wait not in (*WAIT_CLASSES, _NOBODY_KNOWS) or not {_LONG, _MESSAGE}.issuperset(flags):
        return None
    return Expected(
        wait=None if wait == _NOBODY_KNOWS else wait,
        is_long=_LONG in flags,
        may_leave_message=_MESSAGE in flags,
    )


def busy_of(value: str) -> Busy | None:
    """Why waiting is long, of `busy long` and `busy unstaffed`; None where it is neither."""
    return next((each for each in Busy if each.value == value), None)


def found_of(value: str, language: str) -> tuple[str, ...] | None:
    """The prompts of `finds progress_accepted 2027-01-04`; None where it cannot be said.

    Prompts of answers stand by their names; days (2027-01-04), times (09:30), sums (1500.50yuan),
    years (2026year) and digits are spoken.
    """
    prompts: list[str] = []
    for part in value.split():
        said = _said(part, language)
        if said is None:
            return None
        prompts += said
    return tuple(prompts) or None


def _said(part: str, language: str) -> tuple[str, ...] | None:
    if part in ANSWER_PROMPTS:
        return (part,)
    if part.isascii() and part.isdecimal():
        return say_digits(part)
    if sum_ := _SUM.fullmatch(part):
        yuan, cents = sum_.groups("")
        return say_money(int(yuan) * 100 + int(cents.ljust(2, "0")), language)
    if year := _YEAR.fullmatch(part):
        return say_year(int(year[1]), language)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", part):
            return say_date(date.fromisoformat(part), language)
        if re.fullmatch(r"\d\d:\d\d", part):
            return say_time(time.fromisoformat(part), language)
    except ValueError:
        return None
    return None
