"""Every kind of rules that administrators set while the hotline runs.

A kind is a frozen pydantic model whose defaults are what a new installation starts with; its
validators are the check that an administrator's change has to pass. What concerns a machine
(ports, paths, keys) is not here but in hotline.settings.
"""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel

from hotline.agents.configuration import DutyRules
from hotline.hours.configuration import HoursRules
from hotline.insights.configuration import InsightRules
from hotline.quality.configuration import QualityRules
from hotline.queueing.callback_configuration import CallbackRules
from hotline.queueing.configuration import QueueRules
from hotline.rota.configuration import RotaRules
from hotline.transcripts.configuration import SpeechRules

KINDS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "agents": DutyRules,
        "callback": CallbackRules,
        "hours": HoursRules,
        "insights": InsightRules,
        "quality": QualityRules,
        "queue": QueueRules,
        "rota": RotaRules,
        "speech": SpeechRules,
    }
)
"""The model of each kind by its name; add yours here."""
