"""Plays a script of keys and times against a flow and writes what a caller would hear. Pure.

A script is words, separated by semicolons or lines: `key 1`, `wait 20`, `position 2`,
`say 欠我工资`, `lawyer accepts`, `lawyer hangs up`, `lawyer lost`, `queue closes`, `hang up`; and
before all others `no number` and `no recogniser`. What the hotline knows stands before it is asked:
`range 5_10 long message` of the wait, `busy unstaffed` of the place, `finds progress_accepted
2027-01-04` of what callers look up; without the last nothing is found. Queue and call backs always
answer at once; prompts take as long as their words, and what the caller says is understood to the
letter. The same script on the same flow gives the same lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from ivr.flow import actions, actions_control, inputs
from ivr.flow.busy import Busy
from ivr.flow.definition import FlowDefinition
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.expected import Expected
from ivr.flow.flow import step
from ivr.flow.script import HAPPENINGS, busy_of, expected_of, found_of, unknown, words_of
from ivr.flow.speaking import ENGLISH
from ivr.flow.states import CallContext, State, incoming_call

_CHARACTERS_PER_SECOND = {"zh": 4.0}
_OTHER_CHARACTERS_PER_SECOND = 14.0
"""Of the shipped voices, measured on their recordings: 172 s of Mandarin, 132 s of English."""

_UNKNOWN_SECONDS = 3.0
"""A prompt whose words are not known."""

_REACTION_SECONDS = 1.0
"""From the moment when a key may be pressed until it is."""

_POSITION = 3
"""Where the caller stands in the queue at first, unless the script says otherwise before."""

_MOST_SECONDS = 3600.0
_MOST_STEPS = 2000

_KEYS = frozenset("0123456789*#")

_SILENT = (
    actions.Play,
    actions.StartTimer,
    actions.Answer,
    actions.StopPlaying,
    actions_control.Mix,
)
"""Shown by what is heard, or of no interest to whoever writes flows."""

Texts = Mapping[str, Mapping[str, str]]


def simulate(
    flow: FlowDefinition, script: str, *, at: datetime, is_open: bool, texts: Texts
) -> list[str]:
    """What a call would go through, line by line.

    Args:
        flow: The flow.
        script: What happens; see the module.
        at: When the call comes, in the hotline's own time zone.
        is_open: Whether the hotline takes calls then.
        texts: What prompts say, by key and language.

    Raises:
        FlowDefinitionError: A word of the script is not known.
    """
    words = words_of(script)
    call = _Call(flow, texts)
    call.lines.append(f"call at {at:%Y-%m-%d %H:%M}, {'open' if is_open else 'closed'}")
    if "no number" in words:
        words.remove("no number")
        call.number_known = False
    if "no recogniser" in words:
        words.remove("no recogniser")
        call.has_recogniser = False
    call.happen(inputs.CallArrived(open=is_open, number_known=call.number_known))
    for word in words:
        _play(call, word)
    call.finish()
    return call.lines


def _play(call: "_Call", word: str) -> None:
    if word in HAPPENINGS:
        call.lines.append(f"{call.clock}  -- {word}")
        for event in HAPPENINGS[word]:
            call.happen(event)
    elif not (_does(call, word) or _knows(call, word)):
        raise unknown(word)


def _does(call: "_Call", word: str) -> bool:
    """What the caller does, and what becomes of the place; whether the word was one of these."""
    name, _, value = word.partition(" ")
    if name == "key" and value in _KEYS:
        call.press(value)
    elif name == "say" and value:
        call.say(value)
    elif name == "wait" and _is_seconds(value):
        call.wait(float(value))
    elif name == "position" and value.isdecimal() and int(value) > 0:
        call.move(int(value))
    elif name == "range" and (expected := expected_of(value)) is not None:
        call.expect(expected, value)
    else:
        return False
    return True


def _knows(call: "_Call", word: str) -> bool:
    """What the hotline says when it is asked from now on; whether the word was one of these."""
    name, _, value = word.partition(" ")
    if name == "busy" and (busy := busy_of(value)) is not None:
        call.busy = busy
    elif name == "finds" and found_of(value, ENGLISH) is not None:
        call.finds = value
    else:
        return False
    return True


def _is_seconds(value: str) -> bool:
    return value.replace(".", "", 1).isdecimal() and float(value) <= _MOST_SECONDS


@dataclass(slots=True)
class _Call:
    """One simulated call; the time is virtual."""

    flow: FlowDefinition
    texts: Texts
    number_known: bool = True
    has_recogniser: bool = True
    now: float = 0.0
    lines: list[str] = field(default_factory=list)
    context: CallContext = field(init=False)
    position: int = _POSITION
    expected: Expected | None = None
    busy: Busy | None = None
    finds: str = ""
    timer: tuple[float, int] | None = None
    playing: actions.Play | None = None
    ends_at: float | None = None
    steps: int = 0

    def __post_init__(self) -> None:
        self.context = incoming_call(self.flow.default_language)

    @property
    def clock(self) -> str:
        """The time since the call came."""
        minutes, seconds = divmod(self.now, 60)
        return f"{int(minutes):02d}:{seconds:04.1f}"

    def happen(self, event: inputs.Input) -> None:
        """One input, and what follows from it at once."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise FlowDefinitionError("The call goes round in circles.")
        before = self.context.state
        self.context, deeds = step(self.flow, self.context, event)
        if self.context.state is not before:
            self.lines.append(f"{self.clock}  [{self.context.state.value}]")
        for action in deeds:
            self._do(action)
        for action in deeds:
            self._answer(action)

    def press(self, key: str) -> None:
        """The caller presses a key as soon as it makes sense, and a moment later."""
        while self.ends_at is not None and self.playing and not self.playing.barge_in:
            if not self._next(until=self.ends_at):
                break
        self.wait(_REACTION_SECONDS)
        self.lines.append(f"{self.clock}  -- key {key}")
        playing = self.playing
        if playing is not None and playing.barge_in:
            self.playing = self.ends_at = None
            self.happen(inputs.PromptFinished(playing.play, interrupted=True))
        self.happen(inputs.DigitPressed(key))

    def say(self, text: str) -> None:
        """The caller speaks once the question has been asked, and is understood."""
        while self.context.listening and not self.context.words_due and self.ends_at is not None:
            self._next(until=self.ends_at)
        self.wait(_REACTION_SECONDS)
        self.lines.append(f"{self.clock}  -- says {text}")
        if self.context.listening:
            self.happen(inputs.WordsHeard(text))

    def move(self, position: int) -> None:
        """The caller's place in the queue changes."""
        self.position = position
        self.lines.append(f"{self.clock}  -- position {position}")
        self.happen(inputs.PositionChanged(position, self.expected))

    def expect(self, expected: Expected, told: str) -> None:
        """The expected wait changes; who has no place yet is told with it."""
        self.expected = expected
        if self.context.queued:
            self.lines.append(f"{self.clock}  -- range {told}")
            self.happen(inputs.PositionChanged(self.position, expected))

    def wait(self, seconds: float) -> None:
        """Time passes."""
        until = self.now + seconds
        while self._next(until=until):
            pass
        self.now = max(self.now, until)

    def finish(self) -> None:
        """What is being said is said to its end; then the paper ends."""
        while self.ends_at is not None and self._next(until=self.ends_at):
            pass
        if self.context.state is not State.ENDED:
            self.lines.append(f"{self.clock}  the caller is still on the line")

    def _next(self, *, until: float) -> bool:
        """Lets the next thing happen that is due by then; returns whether there was one."""
        due = [at for at in (self.ends_at, self.timer[0] if self.timer else None) if at is not None]
        if not due or min(due) > until or self.context.state is State.ENDED:
            return False
        self.now = min(due)
        if self.ends_at == self.now and self.playing is not None:
            play, self.playing, self.ends_at = self.playing.play, None, None
            self.happen(inputs.PromptFinished(play))
        elif self.timer is not None:
            visit, self.timer = self.timer[1], None
            self.happen(inputs.TimerFired(visit))
        return True

    def _do(self, action: actions.Action) -> None:
        match action:
            case actions.Play():
                self.playing = action
                self.ends_at = None if action.loop else self.now + self._seconds(action)
                self._say(action)
            case actions.StartTimer(visit, seconds):
                self.timer = (self.now + seconds, visit)
            case actions.StopPlaying():
                self.playing = self.ends_at = None
            case _:
                if not isinstance(action, _SILENT):
                    self.lines.append(f"{self.clock}  {_deed(action)}")

    def _answer(self, action: actions.Action) -> None:
        """What queue, telephone and call backs say to a deed: yes, at once."""
        match action:
            case actions.Answer():
                self.happen(inputs.CallAnswered())
            case actions.Enqueue():
                self.happen(inputs.Enqueued(self.position, self.expected, self.busy))
            case actions.LookUp():
                self.happen(inputs.Found(found_of(self.finds, action.language) or ()))
            case actions.Listen() if not self.has_recogniser:
                self.happen(inputs.WordsMissing())
            case actions.RegisterCallback():
                self.happen(inputs.CallbackRegistered())
            case _:
                pass

    def _say(self, action: actions.Play) -> None:
        how = " (again and again)" if action.loop else " (slowly)" if action.slow else ""
        for prompt in action.prompts:
            language, text = self._text(prompt, action.language)
            self.lines.append(f"{self.clock}      {language}: {text or f'<{prompt}>'}{how}")

    def _seconds(self, action: actions.Play) -> float:
        return round(sum(self._length(prompt, action.language) for prompt in action.prompts), 1)

    def _length(self, prompt: str, language: str) -> float:
        language, text = self._text(prompt, language)
        per_second = _CHARACTERS_PER_SECOND.get(language, _OTHER_CHARACTERS_PER_SECOND)
        return len(text) / per_second if text else _UNKNOWN_SECONDS

    def _text(self, prompt: str, language: str) -> tuple[str, str]:
        key, _, own = prompt.partition("@")
        said = self.texts.get(key, {})
        for each in (own or language, self.flow.default_language):
            if each in said:
                return each, said[each]
        return own or language, ""


def _deed(action: actions.Action) -> str:
    """An action in words: its name, and its values where they say something."""
    name = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in _name(action))
    values = [getattr(action, each.name) for each in fields(action)]
    shown = [str(value) for value in values if value not in (None, False, "")]
    return " ".join([name.strip(), *shown])


def _name(action: actions.Action) -> str:
    return type(action).__name__
