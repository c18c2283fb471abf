"""What an operator can change about the call: menus, prompts, waits and timetables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from ivr.flow.errors import FlowDefinitionError
from ivr.flow.expected import WAIT_CLASSES
from ivr.flow.hours import Timetable
from ivr.flow.numbers import NUMBER_PROMPTS
from ivr.flow.prompts import KEY, Prompts, press_key
from ivr.flow.questions import ANSWER_PROMPTS, District
from ivr.flow.speaking import SPEAKING_PROMPTS
from ivr.flow.spoken import SpokenTopic

PERSON_KEY = "0"
"""Leads to a person from every menu."""

REPEAT_KEY = "*"
"""Repeats the question of every menu."""

RATING_KEYS = ("1", "2", "3", "4")
"""From very satisfied to not satisfied."""

EVERY_LANGUAGE = "any"
"""Where audio without words stands: hold audio, tones."""

_AHEAD = "{ahead}"
_RANGE = "{range}"


def position_key(key: str, ahead: int) -> str:
    """The prompt key for a number of callers ahead."""
    return key.replace(_AHEAD, str(ahead))


def range_key(key: str, wait: str) -> str:
    """The prompt key for a range of waiting, one of `WAIT_CLASSES`."""
    return key.replace(_RANGE, wait)


@dataclass(frozen=True, slots=True)
class Choice:
    """One key of a menu: what it means and the prompt that offers it.

    Attributes:
        key: 1 to 9.
        value: What the key stands for.
        prompt: Offers it.
        choices: A menu below, which narrows the choice; only where a file insists on it.
    """

    key: str
    value: str
    prompt: str
    choices: tuple["Choice", ...] = ()


@dataclass(frozen=True, slots=True)
class Menu:
    """A question that the caller answers with one key.

    Attributes:
        intro: Prompts before the choices.
        choices: At most five, in the order they are offered.
        outro: Prompts after the choices.
        retry: Prompts said before the question is repeated.
        attempts: How often an unknown key is met with the question, at least 1.
    """

    choices: tuple[Choice, ...]
    intro: tuple[str, ...] = ()
    outro: tuple[str, ...] = ()
    retry: tuple[str, ...] = ()
    attempts: int = 2

    @property
    def question(self) -> tuple[str, ...]:
        """All prompts of the question in their order."""
        return (*self.intro, *(choice.prompt for choice in self.choices), *self.outro)

    def choice(self, key: str) -> Choice | None:
        """What `key` chooses, or None."""
        return next((choice for choice in self.choices if choice.key == key), None)

    def meaning(self, key: str) -> str | None:
        """What `key` stands for, or None."""
        choice = self.choice(key)
        return choice.value if choice is not None else None

    @property
    def below(self) -> tuple["Menu", ...]:
        """The menus below the choices that have one."""
        return tuple(self.under(each.value) for each in self.choices if each.choices)

    def under(self, value: str) -> "Menu":
        """The menu below the choice that means `value`; itself where there is none."""
        for each in self.choices:
            if each.value == value and each.choices:
                return replace(self, choices=each.choices)
        return self


@dataclass(frozen=True, slots=True)
class Waits:
    """How long the flow waits, in seconds."""

    answer: float = 4.0
    """For a key, after a menu has been said."""
    number: float = 8.0
    """For the next digit of a number that the caller types."""
    words: float = 8.0
    """For what it is about to be said and understood, after the question."""
    more_words: float = 3.0
    """For more of it, after words that tell nothing yet."""
    rating: float = 5.0
    """For a key, after the rating question."""
    enqueue: float = 10.0
    """For the queue place to be written."""
    booking: float = 10.0
    """For the call back to be written."""
    connect: float = 10.0
    """For the accepting lawyer's audio."""
    telephone: float = 45.0
    """For an accepting lawyer who takes calls on a telephone to pick up and press the key."""
    transfer: float = 60.0
    """For the third party who shall take the caller over to answer; the line gives up earlier."""
    lawyer_lost: float = 20.0
    """For a lost lawyer's audio to come back (a reloaded page takes up to 5 s)."""
    announcement: float = 30.0
    """Between two announcements of the position, at least."""
    comfort: float = 120.0
    """Without a change of position, until the caller hears a voice again."""
    message: float = 120.0
    """For a message to be spoken."""
    prompt_limit: float = 60.0
    """For a prompt to end; it stands in for a lost `PromptFinished`."""


@dataclass(frozen=True, slots=True)
class FlowDefinition:
    """All that an operator can change about the call.

    Attributes:
        default_language: For callers who do not choose, and for prompts missing elsewhere.
        language_menu: The values are languages.
        topic_menu: The values are topics.
        prompts: What is said at which point.
        waits: How long the flow waits.
        callback_key: Asks for a call back, in the queue and outside hours.
        queue_position_max: The highest number of callers ahead that has a prompt of its own.
        rating_attempts: How often the rating question is asked.
        timetables: By name; `24x7` is always among them.
        overrides: Names of rules that the file sets aside.
        info_key: In the topic menu: information without a person. None where there is none.
        message_key: In the queue, once the wait has come so far: leaves a message. None: no.
        refusal_key: Pressed before the talk: this call is not recorded. None where there is none.
        emergency_key: In every menu and in the queue: an emergency, straight to a person.
        elderly_key: In every menu: 60 or older, straight to a person, prompts spoken slowly.
        districts: Read out to who looks for the nearest centre; empty: the code is typed.
        spoken_topic: How the topic is asked aloud first; None where callers press keys at once.
    """

    default_language: str
    language_menu: Menu
    topic_menu: Menu
    prompts: Prompts
    waits: Waits = Waits()
    callback_key: str = "1"
    queue_position_max: int = 10
    rating_attempts: int = 2
    timetables: Mapping[str, Timetable] = field(default_factory=dict)
    overrides: frozenset[str] = frozenset()
    info_key: str | None = None
    message_key: str | None = None
    refusal_key: str | None = None
    emergency_key: str | None = None
    elderly_key: str | None = None
    districts: tuple[District, ...] = ()
    spoken_topic: SpokenTopic | None = None

    def with_languages(self, languages: Sequence[str]) -> "FlowDefinition":
        """The same with only `languages` in the menu; keys stay as they are.

        Raises:
            FlowDefinitionError: A language has no key, or the default language is not among them.
        """
        known = {choice.value for choice in self.language_menu.choices}
        for language in languages:
            if language not in known:
                raise FlowDefinitionError(f"The language menu has no key for {language}.")
        if self.default_language not in languages:
            raise FlowDefinitionError(
                f"The default language {self.default_language} is not among the languages."
            )
        kept = tuple(each for each in self.language_menu.choices if each.value in languages)
        return replace(self, language_menu=replace(self.language_menu, choices=kept))

    @property
    def menus(self) -> tuple[Menu, ...]:
        """The menus of languages and topics, and those below a topic."""
        return (self.language_menu, self.topic_menu, *self.topic_menu.below)

    @property
    def prompt_keys(self) -> tuple[str, ...]:
        """Every key that can be played, with its `@language` where it has one; no key twice."""
        keys: list[str] = []
        for menu in self.menus:
            keys += (*menu.question, *menu.retry)
        for each in fields(Prompts):
            keys += getattr(self.prompts, each.name)
        for key in self.prompts.queue_position:
            keys += (position_key(key, ahead) for ahead in range(1, self.queue_position_max + 1))
        for key in self.prompts.wait_range:
            keys += (range_key(key, wait) for wait in WAIT_CLASSES)
        keys += (*NUMBER_PROMPTS, *SPEAKING_PROMPTS, *ANSWER_PROMPTS)
        if self.districts:
            keys += (each.prompt for each in self.districts)
            keys += (
                press_key(each, key) for each in self.prompts.info_press for key in "123456789"
            )
        holes = (_AHEAD, _RANGE, KEY)
        whole = (key for key in keys if not any(hole in key for hole in holes))
        return tuple(dict.fromkeys(whole))

    def timetable(self, name: str) -> Timetable:
        """The timetable called `name`.

        Raises:
            FlowDefinitionError: There is none; the message lists those there are.
        """
        try:
            return self.timetables[name]
        except KeyError:
            names = ", ".join(sorted(self.timetables))
            raise FlowDefinitionError(
                f"There is no timetable called {name}; there are: {names}."
            ) from None
