"""Half of the engine's work: the legs and recordings that are served at the same instant.

This is where the engine spends its time. Per leg there are two system calls and little more than
the loops round them; all else is done for the whole lane at once (see `bank`).
"""

import logging
from array import array
from collections.abc import Callable
from functools import partial
from math import lcm
from operator import call

import numpy as np
from numpy import count_nonzero
from numpy.typing import NDArray

from hotline.rtp import FRAME_MS, FRAME_SAMPLES, HEADER_BYTES
from ivr.media.bank import PACKET_BYTES, Bank
from ivr.media.control import Codec
from ivr.media.g711 import SILENCE
from ivr.media.inbound import RELEASE_AFTER_TICKS
from ivr.media.jitter import SLOT_MASK, SLOTS, Rows
from ivr.media.leg import Leg
from ivr.media.speaking import Speaking, as_rows
from ivr.media.tape import Tape

log = logging.getLogger(__name__)

_TICKS_PER_SECOND = 1000 // FRAME_MS

# How often it is asked whether a voice could be played earlier.
_TICKS_PER_LOOK = 5 * _TICKS_PER_SECOND

# How often all that waits for a leg is taken in: each time takes two system calls that usually find
# nothing, or a packet before its tick; but a voice that came in a burst is late for as long.
_TICKS_PER_TIDYING = 2 * _TICKS_PER_SECOND

_TICKS_PER_ROUND = lcm(_TICKS_PER_LOOK, _TICKS_PER_TIDYING)

# In place of a size: nothing has come.
_NOTHING = -1


class Lane:
    """Legs that share their tick, and the tape of the recordings that are counted with them.

    Args:
        bank: The table of all legs.
        number: Which of the lanes this is.
        tape: Where its recordings' voices gather.
    """

    def __init__(self, bank: Bank, number: int, tape: Tape) -> None:
        self.number = number
        self.tape = tape
        self._bank = bank
        self._first = number * bank.capacity
        self._last = self._first
        self._legs: dict[int, Leg] = {}
        self._ticks = 0
        self._head = 0
        self._now = 0
        # Every datagram's first two bytes, timestamp, voice, sequence number and source.
        self._types = bank.datagrams.view(">u2")[:, 0]
        self._stamps = bank.datagrams.view(">u4")[:, 1]
        self._payloads = bank.datagrams[:, HEADER_BYTES:PACKET_BYTES]
        self._sequences = bank.datagrams.view(">u2")[:, 1]
        self._sources = bank.datagrams.view(">u4")[:, 2]
        # The rows in which something is being made up.
        self._gaps: set[int] = set()
        self._speaking = Speaking(bank, self._first, fill=self._fill)
        self._is_stale = True
        self._arrange()

    @property
    def legs(self) -> int:
        """How many legs are served here."""
        return len(self._legs)

    @property
    def is_idle(self) -> bool:
        """Whether a tick would do nothing."""
        return not (self._legs or len(self.tape))

    def add_leg(self, leg: Leg) -> None:
        """Serves a leg from the next tick on."""
        self._legs[leg.row] = leg
        leg.on_change = self._note_change
        self._is_stale = True

    def remove_leg(self, leg: Leg) -> None:
        """Serves a leg no more; falls flat if it was not served here."""
        if self._legs.get(leg.row) is leg:
            del self._legs[leg.row]
            self._is_stale = True

    def _note_change(self) -> None:
        self._is_stale = True

    def _arrange(self) -> None:
        """Lays out the work of the ticks to come; after each change of what a leg does."""
        legs = [self._legs[row] for row in sorted(self._legs)]
        self._is_stale = False
        self._last = legs[-1].row + 1 if legs else self._first
        self._rows = as_rows(leg.row for leg in legs)
        ways = [leg.way_in() for leg in legs]
        self._receives = [receive for receive, _ in ways]
        self._datagrams = [datagram for _, datagram in ways]
        self._listening = [leg.row for leg in legs if leg.listens_for_tones]
        self._forked = [leg for leg in legs if leg.inbound.fork is not None]
        self._timeouts = np.array([leg.inbound.timeout_ticks for leg in legs], np.int32)
        self._speaking.arrange([leg for leg in legs if leg.outbound.is_sending], self._last)

    def tick(self) -> None:
        """One tick: everybody is heard before anybody is spoken to, so a voice waits for none."""
        if self._is_stale:
            self._arrange()
        if self._receives:
            self._hear()
            if self._is_stale:
                # A key has just ended what was played.
                self._arrange()
            self._speaking.tick()
            self._tidy()
        self.tape.tick()

    def skip(self, ticks: int) -> None:
        """Lets time pass in which the machine stood still."""
        if self._is_stale:
            # Among those laid out may be legs that are closed and dissolved by now.
            self._arrange()
        for leg in self._legs.values():
            leg.inbound.drain(self._head)
        self._now += ticks * FRAME_SAMPLES
        self._bank.timestamps[self._rows] += np.uint32(ticks * FRAME_SAMPLES)
        for leg in self._forked:
            if leg.inbound.fork is not None:
                leg.inbound.fork.skip(ticks)
        self.tape.skip(ticks)

    # Hearing.

    def _hear(self) -> None:
        """Takes in what has come, and makes every leg's frame the next 20 ms of its voice."""
        bank, rows, head = self._bank, self._rows, self._head
        bank.now = self._now = self._now + FRAME_SAMPLES
        sizes = self._receive()
        usual = (sizes == PACKET_BYTES) & (self._types[rows] == bank.usual_head[rows])
        usual &= bank.reception.goes_on(
            rows,
            sequences=self._sequences[rows].astype(np.int32),
            sources=self._sources[rows].astype(np.int64),
        )
        # Counting is several times faster than asking whether all or any are.
        if count_nonzero(usual) == len(usual):
            self._take_usual(rows)
        else:
            self._take_usual(rows[usual])
            self._miss(sizes == _NOTHING)
            others = ~usual & (sizes != _NOTHING)
            for row, size in zip(rows[others].tolist(), sizes[others].tolist(), strict=True):
                self._take_unusual(row, size)
        first, last = self._first, self._last
        frames = bank.frames[first:last]
        there = bank.jitter.take(first, last, head, frames)
        if self._gaps or count_nonzero(there) < len(there):
            self._mend(there, head)
        self._head = (head + 1) & SLOT_MASK
        if self._listening:
            self._find_keys(there)
        for leg in self._forked:
            leg.fork_frame(is_there=bool(there[leg.row - first]))

    def _mend(self, there: NDArray[np.bool_], head: int) -> None:
        """Makes up what is missing, or is silent where that is more likely to have been meant."""
        bank, first, last = self._bank, self._first, self._last
        frames = bank.frames[first:last]
        missing = ~there
        frames[missing] = bank.silence[first:last][missing, np.newaxis]
        owed = missing & bank.is_talking[first:last]
        bank.missing[first:last] += owed
        begun = np.flatnonzero(owed & bank.jitter.played(head, first, last)) + first
        for row in begun.tolist():
            self._try(row, lambda leg: leg.inbound.begin_gap(head))
        self._gaps.update(begun.tolist())
        for row in tuple(self._gaps):
            is_there = bool(there[row - first]) if row < last else True
            self._try(row, partial(_mend, is_there=is_there))
            leg = self._legs.get(row)
            if leg is None or not leg.inbound.is_mending:
                self._gaps.discard(row)
        bank.jitter.keep(head, np.flatnonzero(missing) + first, frames[missing])

    def _find_keys(self, there: NDArray[np.bool_]) -> None:
        """Looks for keys in the sound of those who have no other way to press them."""
        bank = self._bank
        rows = np.array(self._listening, np.intp)
        came = there[rows - self._first]
        bank.tones.skip(rows[~came])
        for codec in Codec:
            spoken = rows[came & (bank.silence[rows] == SILENCE[codec][0])]
            if not len(spoken):
                continue
            for row, digit in bank.tones.push(spoken, bank.frames[spoken], codec):
                self._try(row, partial(_press, digit=digit))

    def _receive(self) -> NDArray[np.int32]:
        """Reads one datagram of each leg into its row; their sizes."""
        sizes = array("i")
        coming = map(call, self._receives, self._datagrams)
        while True:
            try:
                # What came before an error is kept, and the next round goes on behind it.
                sizes.extend(coming)
                return np.frombuffer(sizes, np.int32)
            except OSError:
                # Usually BlockingIOError; else the peer's machine says that nobody listens there.
                sizes.append(_NOTHING)

    def _take_usual(self, rows: Rows) -> None:
        """Takes in the packets of 20 ms in the expected law."""
        bank, head = self._bank, self._head
        stamps = self._stamps[rows].astype(np.int64)
        ahead = bank.jitter.put_many(rows, stamps, self._payloads[rows], head)
        if ahead.max(initial=0) >= SLOTS:
            on_line = ahead < SLOTS
            for row in rows[~on_line].tolist():
                self._take_unusual(row, PACKET_BYTES)
            rows, ahead = rows[on_line], ahead[on_line]
        bank.received[rows] += 1
        bank.reception.note_many(
            rows,
            sequences=self._sequences[rows].astype(np.int32),
            transits=(self._now - self._stamps[rows].astype(np.int64)).astype(np.int32),
        )
        if count_nonzero(bank.silent_ticks[rows]):
            for row in rows[~bank.is_talking[rows]].tolist():
                self._try(row, lambda leg: leg.inbound.note_voice())
            bank.silent_ticks[rows] = 0
        if count_nonzero(ahead) < len(ahead):
            # The frame was only just in time. Perhaps the one after it waits in the kernel.
            for row in rows[ahead == 0].tolist():
                self._try(row, lambda leg: leg.inbound.take_more(head))

    def _take_unusual(self, row: int, size: int) -> None:
        self._try(row, lambda leg: leg.inbound.take_unusual(size, self._head))

    def _miss(self, nothing: NDArray[np.bool_]) -> None:
        """Counts the silence of those from whom nothing has come."""
        bank = self._bank
        rows = self._rows[nothing]
        bank.silent_ticks[rows] += 1
        silent = bank.silent_ticks[rows]
        noted = (silent == RELEASE_AFTER_TICKS) | (silent == self._timeouts[nothing])
        for row in rows[noted].tolist():
            self._try(row, lambda leg: leg.inbound.note_silence())

    def _tidy(self) -> None:
        """Lets nothing pile up, neither in the time lines nor in the kernel."""
        self._ticks = (self._ticks + 1) % _TICKS_PER_ROUND
        jitter, first, last = self._bank.jitter, self._first, self._last
        if not self._ticks % _TICKS_PER_SECOND:
            jitter.forgive(first, last)
            for row in jitter.crowded(first, last).tolist():
                jitter.trim(row, self._head)
        if not self._ticks % _TICKS_PER_LOOK:
            for row in jitter.look(first, last).tolist():
                self._try(row, lambda leg: leg.inbound.squeeze(self._head))
        turn = self._ticks % _TICKS_PER_TIDYING
        for row in self._rows[turn::_TICKS_PER_TIDYING].tolist():
            self._try(row, lambda leg: leg.tidy(self._head))

    def _fill(self, row: int) -> None:
        self._try(row, lambda leg: leg.outbound.fill())

    def _try(self, row: int, work: Callable[[Leg], object]) -> None:
        """Does something for one leg; if it fails, everybody else's tick goes on without it."""
        leg = self._legs.get(row)
        if leg is None:
            return
        try:
            work(leg)
        except Exception as error:
            self._lose(row, error)

    def _lose(self, row: int, error: Exception) -> None:
        """Takes out a leg that cannot be served any more."""
        leg = self._legs.get(row)
        if leg is None:
            return
        log.error("leg failed", extra={"leg": leg.name}, exc_info=error)
        self.remove_leg(leg)
        leg.fail()


def _press(leg: Leg, *, digit: str) -> None:
    leg.take_digit(digit)


def _mend(leg: Leg, *, is_there: bool) -> None:
    leg.inbound.mend(is_there=is_there)
