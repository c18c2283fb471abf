"""Keys that come twice: as audio, and as INFO from a network that sends both. Pure."""

# A network that sends a key both ways sends it within this time.
SAME_KEY_SECONDS = 0.8


class KeyFilter:
    """Tells which keys of one leg count: those of the audio, once any has come that way."""

    def __init__(self) -> None:
        self._hears_audio = False
        self._signalled: tuple[str, float] | None = None

    def takes_audio(self, digit: str, *, at: float) -> bool:
        """Whether a key that the engine heard counts; `at` is in seconds of any steady clock."""
        self._hears_audio = True
        before, self._signalled = self._signalled, None
        return before is None or before[0] != digit or at - before[1] > SAME_KEY_SECONDS

    def takes_signalling(self, digit: str, *, at: float) -> bool:
        """Whether a key that came by signalling counts."""
        if self._hears_audio:
            return False
        self._signalled = (digit, at)
        return True
