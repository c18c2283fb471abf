"""Draws the diagrams in docs/ anew from the code: python scripts/draw_diagrams.py."""

from pathlib import Path

from ivr.flow.diagram import mermaid

BEGIN, END = "<!-- flow: drawn from the code -->\n", "<!-- flow: end -->"


def redrawn(document: str) -> str:
    """The document with its call-flow diagram as the transition table has it now."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}```mermaid\n{mermaid().strip()}\n```\n{END}{after}"


if __name__ == "__main__":
    path = Path(__file__).parent.parent / "docs" / "architecture.md"
    path.write_text(redrawn(path.read_text()))
