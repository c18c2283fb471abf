"""What is played to legs: prompts, once they are read from disk, and tones."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from hotline.errors import InvalidInput
from ivr.media.control import Codec, Play, PlayTone
from ivr.media.errors import PromptUnreadable
from ivr.media.g711 import translation
from ivr.media.leg import Leg
from ivr.media.prompt_loader import PromptLoader
from ivr.media.prompt_player import Frames, Playback, tone_frames
from ivr.media.recording_desk import Reply
from ivr.media.telling import Done, Refused
from ivr.media.tones import Tone


class PromptDesk:
    """Begins what is played; in the engine's own thread.

    Args:
        loader: Who reads prompts.
        is_open: Whether a leg is still there when its prompt comes.
    """

    def __init__(self, loader: PromptLoader, *, is_open: Callable[[Leg], bool]) -> None:
        self._loader = loader
        self._is_open = is_open

    def play(self, leg: Leg, command: Play, reply: Reply) -> None:
        """Ends what the leg hears, and replies when the files are there and heard."""
        playback = Playback(play=command.play, loop=command.loop, barge_in=command.barge_in)
        leg.outbound.play(playback)
        self._loader.load(
            tuple(Path(path) for path in command.paths),
            leg.codec,
            done=partial(self._begin, leg, playback, leg.codec, reply),
        )

    def play_tone(self, leg: Leg, command: PlayTone) -> None:
        """Plays a tone at once.

        Raises:
            InvalidInput: There is no such tone.
        """
        try:
            kind = Tone(command.tone)
        except ValueError:
            raise InvalidInput("There is no such tone.") from None
        playback = Playback(play=command.play, loop=kind.repeats, barge_in=False)
        playback.begin(tone_frames(kind, leg.codec))
        leg.outbound.play(playback)

    def _begin(
        self,
        leg: Leg,
        playback: Playback,
        codec: Codec,
        reply: Reply,
        outcome: Frames | PromptUnreadable,
    ) -> None:
        if not self._is_open(leg):
            # Closed meanwhile, and nobody waits for its prompt.
            reply(Done())
            return
        if isinstance(outcome, PromptUnreadable):
            leg.outbound.drop(playback)
            reply(Refused(error=type(outcome).__name__, message=str(outcome)))
            return
        playback.begin(outcome)
        if leg.codec is not codec:
            playback.translate(translation(codec, leg.codec, 1.0))
        leg.on_change()
        reply(Done())
