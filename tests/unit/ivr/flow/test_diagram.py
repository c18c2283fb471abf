from ivr.flow.diagram import mermaid
from ivr.flow.states import State


def test_mermaid__shows_every_state_and_a_known_arrow() -> None:
    diagram = mermaid()
    assert diagram.startswith("stateDiagram-v2\n")
    assert all(state.value in diagram for state in State)
    assert "    talking --> rating_menu: LawyerHungUp\n" in diagram
    assert "talking --> ended" not in diagram
