"""The engine's legs and gains, and the commands that change anything.

Everything here runs in the engine's own thread, between ticks. A command that is refused has left
no trace.
"""

from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from hotline.errors import HotlineError, InvalidInput
from ivr.media.bank import Bank
from ivr.media.control import (
    Address,
    CloseLeg,
    DetectTones,
    OpenLeg,
    PauseRecording,
    Play,
    PlayTone,
    ReportQuality,
    SendDigits,
    SetGains,
    SetRecordingLeg,
    StartFork,
    StartRecording,
    StopFork,
    StopPlaying,
    StopRecording,
    UpdateLeg,
)
from ivr.media.digit_sender import check_digits
from ivr.media.errors import NoSuchLeg
from ivr.media.fork import Fork, ForkSocket
from ivr.media.inbound import Inbound
from ivr.media.lane import Lane
from ivr.media.leg import Counts, Leg
from ivr.media.mixer import LARGEST_GAIN, GainMatrix, listening
from ivr.media.pace import lane_for
from ivr.media.ports import PortPool
from ivr.media.prompt_desk import PromptDesk
from ivr.media.prompt_loader import PromptLoader
from ivr.media.recording_desk import RecordingDesk, Reply
from ivr.media.telling import Done, MediaEvent, Refused
from ivr.media.wire import Message


class Switchboard:
    """Carries out commands on legs and recordings.

    Args:
        bank: The table of all legs.
        lanes: What serves them, tick by tick.
        ports: Where sockets come from.
        desk: Who keeps recordings.
        loader: Who reads prompts.
        fork_socket: The way to speech recognition; None if there is none.
        timeout_seconds: After how long without RTP a leg is reported silent.
        report: Takes events.
    """

    def __init__(
        self,
        *,
        bank: Bank,
        lanes: list[Lane],
        ports: PortPool,
        desk: RecordingDesk,
        loader: PromptLoader,
        fork_socket: ForkSocket | None,
        timeout_seconds: float,
        report: Callable[[MediaEvent], None],
    ) -> None:
        self._bank = bank
        self._lanes = lanes
        self._ports = ports
        self._desk = desk
        self._prompts = PromptDesk(loader, is_open=self._is_open)
        self._fork_socket = fork_socket
        self._timeout_seconds = timeout_seconds
        self._report = report
        self._legs: dict[str, Leg] = {}
        self._gains = GainMatrix()
        self._counts = Counts()
        self._deeds: dict[type[Message], Callable[[Any, Reply], None]] = {
            OpenLeg: self._open_leg,
            UpdateLeg: self._update_leg,
            CloseLeg: self._close_leg,
            ReportQuality: self._report_quality,
            SendDigits: self._send_digits,
            DetectTones: self._detect_tones,
            SetGains: self._set_gains,
            Play: self._play,
            PlayTone: self._play_tone,
            StopPlaying: self._stop_playing,
            StartRecording: self._start_recording,
            SetRecordingLeg: self._set_recording_leg,
            PauseRecording: self._pause_recording,
            StopRecording: self._stop_recording,
            StartFork: self._start_fork,
            StopFork: self._stop_fork,
        }

    def carry_out(self, command: Message, reply: Reply) -> None:
        """Does what a command asks for, and answers it, at once or when it has taken effect."""
        deed = self._deeds.get(type(command))
        try:
            if deed is None:
                raise InvalidInput(f"The engine cannot do {type(command).__name__}.")
            deed(command, reply)
        except HotlineError as error:
            reply(Refused(error=type(error).__name__, message=str(error)))

    def close(self) -> None:
        """Closes every leg and every recording; the writer still has to write them."""
        for name in tuple(self._legs):
            self._close_leg(CloseLeg(leg=name), lambda _: None)
        self._desk.stop_all()

    @property
    def legs(self) -> int:
        """How many legs are open."""
        return len(self._legs)

    def counts(self) -> Counts:
        """What all legs have seen since the start."""
        total = Counts()
        total.add(self._counts)
        for leg in self._legs.values():
            total.add(leg.counts())
        return total

    # Legs.

    def _open_leg(self, command: OpenLeg, reply: Reply) -> None:
        if command.leg in self._legs:
            raise InvalidInput(f"There is a leg {command.leg} already.")
        _check_address(command.remote)
        opened = self._ports.open()
        # There are as many rows as ports, so with a port there is a lane that has room.
        free = [lane for lane in self._lanes if lane.legs < self._bank.capacity]
        lane = free[lane_for([lane.legs for lane in free])]
        leg = Leg(
            command.leg,
            opened,
            bank=self._bank,
            row=self._bank.take_row(lane.number),
            codec=command.codec,
            telephone_event=command.telephone_event,
            remote=command.remote,
            control_port=command.control_port,
            source=command.source,
            timeout_seconds=self._timeout_seconds,
            report=self._report,
        )
        self._legs[leg.name] = leg
        lane.add_leg(leg)
        reply(Done(value=leg.port))

    def _update_leg(self, command: UpdateLeg, reply: Reply) -> None:
        leg = self._leg(command.leg)
        _check_address(command.remote)
        self._desk.settle(leg.inbound)
        leg.update(
            codec=command.codec,
            telephone_event=command.telephone_event,
            remote=command.remote,
            is_sending=command.sending,
            control_port=command.control_port,
        )
        self._desk.renew(leg.inbound)
        self._wire(leg.name)
        for listener in self._gains.listeners(leg.name):
            self._wire(listener)
        reply(Done())

    def _close_leg(self, command: CloseLeg, reply: Reply) -> None:
        leg = self._leg(command.leg)
        for lane in self._lanes:
            lane.remove_leg(leg)
        del self._legs[leg.name]
        leg.close()
        self._desk.drop_voice(leg.inbound)
        speakers = [name for name, _ in self._gains.heard_by(leg.name)]
        for listener in self._gains.forget(leg.name):
            self._wire(listener)
        for speaker in speakers:
            self._legs[speaker].set_heard(bool(self._gains.listeners(speaker)))
        self._counts.add(leg.counts())
        self._bank.give_back(leg.row)
        self._ports.give_back(leg.ports)
        leg.dissolve()
        reply(Done())

    def _report_quality(self, command: ReportQuality, reply: Reply) -> None:
        reply(self._leg(command.leg).quality())

    def _send_digits(self, command: SendDigits, reply: Reply) -> None:
        check_digits(command.digits)
        self._leg(command.leg).outbound.send_digits(command.digits)
        reply(Done())

    def _detect_tones(self, command: DetectTones, reply: Reply) -> None:
        self._leg(command.leg).detect_tones(command.on)
        reply(Done())

    def _set_gains(self, command: SetGains, reply: Reply) -> None:
        for source, target, gain in command.gains:
            if not 0 <= gain <= LARGEST_GAIN:
                raise InvalidInput(f"A gain is between 0 and {LARGEST_GAIN:g}.")
            if gain:
                self._leg(source)
                self._leg(target)
        for source, target, gain in command.gains:
            self._gains.set(source, target, gain)
        for source in {source for source, _, _ in command.gains} & self._legs.keys():
            self._legs[source].set_heard(bool(self._gains.listeners(source)))
        for target in {target for _, target, _ in command.gains}:
            self._wire(target)
        reply(Done())

    def _wire(self, target: str) -> None:
        """Lets a leg hear what the gain matrix says."""
        leg = self._legs.get(target)
        if leg is not None:
            parts = [
                (self._legs[name].inbound, gain) for name, gain in self._gains.heard_by(target)
            ]
            leg.outbound.listen(listening(parts, leg.codec))

    def _leg(self, name: str) -> Leg:
        try:
            return self._legs[name]
        except KeyError:
            raise NoSuchLeg(f"There is no leg {name}.") from None

    def _is_open(self, leg: Leg) -> bool:
        return self._legs.get(leg.name) is leg

    def _inbound(self, name: str | None) -> Inbound | None:
        return None if name is None else self._leg(name).inbound

    # Prompts.

    def _play(self, command: Play, reply: Reply) -> None:
        self._prompts.play(self._leg(command.leg), command, reply)

    def _play_tone(self, command: PlayTone, reply: Reply) -> None:
        self._prompts.play_tone(self._leg(command.leg), command)
        reply(Done())

    def _stop_playing(self, command: StopPlaying, reply: Reply) -> None:
        self._leg(command.leg).outbound.stop_playing()
        reply(Done())

    # Recordings.

    def _start_recording(self, command: StartRecording, reply: Reply) -> None:
        left, right = self._inbound(command.left), self._inbound(command.right)
        path = Path(command.path)
        self._desk.start(command.recording, path, left=left, right=right, reply=reply)

    def _set_recording_leg(self, command: SetRecordingLeg, reply: Reply) -> None:
        recording = self._desk.get(command.recording)
        left, right = self._inbound(command.left), self._inbound(command.right)
        recording.set_voices(left, right, [self._leg(name).inbound for name in command.beside])
        reply(Done())

    def _pause_recording(self, command: PauseRecording, reply: Reply) -> None:
        self._desk.get(command.recording).pause(command.paused)
        reply(Done())

    def _stop_recording(self, command: StopRecording, reply: Reply) -> None:
        self._desk.stop(command.recording)
        reply(Done())

    # Speech.

    def _start_fork(self, command: StartFork, reply: Reply) -> None:
        leg = self._leg(command.leg)
        name = command.recording
        first_frame = 0 if name is None else self._desk.get(name).frames
        if self._fork_socket is not None:
            leg.set_fork(Fork(self._fork_socket, stream=command.stream, first_frame=first_frame))
        reply(Done())

    def _stop_fork(self, command: StopFork, reply: Reply) -> None:
        self._leg(command.leg).set_fork(None)
        reply(Done())


def _check_address(address: Address | None) -> None:
    """Refuses what would have to be looked up: a look-up would hold up every call."""
    if address is None:
        return
    try:
        IPv4Address(address[0])
    except ValueError:
        raise InvalidInput("The remote media address is not a numeric IPv4 address.") from None
