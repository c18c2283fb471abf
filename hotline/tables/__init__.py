"""Every table, one file each; importing this package makes the metadata complete."""

from hotline.tables.accounts import SignIn, SignInFailure, User
from hotline.tables.audit import AuditEntry
from hotline.tables.callbacks import Callback
from hotline.tables.callers import Caller
from hotline.tables.calls import Call, Leg
from hotline.tables.configuration import ConfigurationVersion
from hotline.tables.directory import TransferTarget
from hotline.tables.events import EventRow
from hotline.tables.flows import Announcement, FlowVersion
from hotline.tables.forecasts import Forecast
from hotline.tables.insights import InsightRow, Progress
from hotline.tables.institutions import Institution
from hotline.tables.intakes import Intake, IntakeStep
from hotline.tables.lawyers import Lawyer, LawyerStateChange, LawyerTelephone
from hotline.tables.messages import Message
from hotline.tables.parties import CallParty, RecordingPause
from hotline.tables.phones import PhoneBinding, PhoneCredential
from hotline.tables.prompts import PromptVersion
from hotline.tables.quality import QualityCheck
from hotline.tables.queueing import Lease, Offer, QueueEntry
from hotline.tables.recordings import Recording
from hotline.tables.rota import RotaSeat, RotaShift, RotaSwap
from hotline.tables.tickets import Ticket
from hotline.tables.transcripts import Segment, SpeechStream

__all__ = [
    "Announcement",
    "AuditEntry",
    "Call",
    "CallParty",
    "Callback",
    "Caller",
    "ConfigurationVersion",
    "EventRow",
    "FlowVersion",
    "Forecast",
    "InsightRow",
    "Institution",
    "Intake",
    "IntakeStep",
    "Lawyer",
    "LawyerStateChange",
    "LawyerTelephone",
    "Lease",
    "Leg",
    "Message",
    "Offer",
    "PhoneBinding",
    "PhoneCredential",
    "Progress",
    "PromptVersion",
    "QualityCheck",
    "QueueEntry",
    "Recording",
    "RecordingPause",
    "RotaSeat",
    "RotaShift",
    "RotaSwap",
    "Segment",
    "SignIn",
    "SignInFailure",
    "SpeechStream",
    "Ticket",
    "TransferTarget",
    "User",
]
