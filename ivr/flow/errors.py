"""What can be wrong with a flow definition."""

from hotline.errors import InvalidInput


class FlowDefinitionError(InvalidInput):
    """The menus, prompts or timetables of a flow definition cannot be used."""
