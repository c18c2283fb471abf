"""What the README asks newcomers to try first."""

from pathlib import Path

import numpy as np

from tests.e2e.audio import read_wav
from tests.e2e.stack import Stack


def test_newcomers_first_call__is_answered_and_heard(stack: Stack, tmp_path: Path) -> None:
    done = stack.run("call", "--digits", "1,1", "--seconds", "8", "--save", str(tmp_path / "h.wav"))
    assert "answered" in done.stdout
    samples, rate = read_wav(tmp_path / "h.wav")
    assert (rate, samples.shape[1]) == (8000, 1)
    assert np.abs(samples).max() > 0.05
