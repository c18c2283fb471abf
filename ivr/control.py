"""What lawyers and supervisors ask of a call, turned into the flow's inputs."""

import logging
from collections.abc import Mapping

from hotline.calls.control import digits_of
from hotline.calls.rules import Control
from hotline.house import House
from ivr.flow import inputs, inputs_control
from ivr.flow.parties import Purpose
from ivr.runner import CallRunner

log = logging.getLogger(__name__)

Data = Mapping[str, object]

_PLAIN: dict[Control, inputs.Input] = {
    Control.HOLD: inputs_control.HoldRequested(),
    Control.RESUME: inputs_control.ResumeRequested(),
    Control.COMPLETE: inputs_control.CompleteRequested(),
    Control.JOIN: inputs_control.JoinRequested(),
}


def control(house: House, runner: CallRunner, data: Data) -> None:
    """Hands one CALL_CONTROL_REQUESTED to its call."""
    action = Control(str(data["action"]))
    log.info("call control", extra={"action": action.value})
    party = str(data.get("party_id"))
    match action:
        case Control.REACH:
            lawyer = _text(data, "lawyer_id")
            runner.party_wanted(inputs_control.PartyWanted(party, _purpose(data), lawyer))
        case Control.ANSWERED:
            runner.party_accepted(party)
        case Control.REFUSED:
            runner.party_refused(party)
        case Control.DIGITS:
            digits = digits_of(house, str(data["digits_sealed"]))
            runner.post(inputs_control.DigitsRequested(_text(data, "party_id"), digits))
        case _:
            runner.post(_input(action, party, data))


def _input(action: Control, party: str, data: Data) -> inputs.Input:
    plain = _PLAIN.get(action)
    if plain is not None:
        return plain
    match action:
        case Control.DROP:
            return inputs_control.DropRequested(party)
        case Control.QUEUE:
            return inputs_control.QueueRequested(_text(data, "topic"))
        case Control.PURPOSE:
            return inputs_control.PurposeRequested(party, _purpose(data))
        case Control.MUTE | Control.UNMUTE:
            return inputs_control.MuteRequested(action is Control.MUTE, _text(data, "party_id"))
        case Control.REFUSE_RECORDING:
            return inputs.RecordingRefused(by=str(data["by"]))
        case Control.PAUSE_RECORDING | Control.RESUME_RECORDING:
            return inputs_control.PauseRequested(
                paused=action is Control.PAUSE_RECORDING,
                by=str(data["by"]),
                reason=str(data.get("reason") or ""),
            )
        case _:
            raise AssertionError(f"{action} has no input")


def _purpose(data: Data) -> Purpose:
    return Purpose(str(data["purpose"]))


def _text(data: Data, name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) else None
