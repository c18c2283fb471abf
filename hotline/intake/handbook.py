"""The page docs/legal-aid-rules.md, written from the rules themselves so that it cannot go stale.

`python -m hotline.intake.handbook` prints it; a test compares it with the file.
"""

import sys
from collections.abc import Iterable, Sequence

from hotline.intake.fields import FIELDS
from hotline.intake.findings import Confidence, MeansTest, Track
from hotline.intake.grounds import Rule
from hotline.intake.matters import MATTERS
from hotline.intake.means import MEANS_RULES, MeansRule
from hotline.intake.overlays import OVERLAY_RULES
from hotline.intake.rules import TRACK_RULES
from hotline.intake.states import TRANSITIONS
from hotline.intake.steps import DEADLINES, GROUND_PROOFS
from hotline.intake.tracks import ALL_TRACKS

TRACK_LABELS = {
    Track.ASK: "待问清",
    Track.MANDATORY_DEFENCE: "应当通知辩护（代理）",
    Track.DISCRETIONARY_DEFENCE: "可以通知辩护，也可以申请",
    Track.DUTY_LAWYER: "值班律师帮助，也可以申请",
    Track.CRIMINAL_VICTIM: "刑事代理",
    Track.CIVIL: "民事、行政、国家赔偿代理",
    Track.RETRIAL: "再审、抗诉案件",
    Track.REVIEW: "须查本省规定或者专门办法，由人审查",
    Track.CONSULT: "法律咨询及其他途径",
    Track.OBJECTION: "异议",
    Track.TERMINATION: "终止",
}

MEANS_LABELS = {
    MeansTest.ASK: "待问清",
    MeansTest.NOT_APPLICABLE: "不涉及",
    MeansTest.NONE: "不看经济状况",
    MeansTest.EXEMPT_FROM_CHECK: "凭身份材料免予核查",
    MeansTest.CHECK: "说明经济状况",
    MeansTest.CHECK_OR_OTHER_REASON: "经济困难或者其他原因",
}

CONFIDENCE_LABELS = {
    Confidence.HIGH: "未知事实不会改变初判",
    Confidence.MEDIUM: "途径已定，经济条件待问",
    Confidence.LOW: "途径待问",
}

_HEAD = """# Legal-aid rules

Written by `python -m hotline.intake.handbook`; a test keeps it current. Do not edit it by hand.

The law is the Legal Aid Law of the People's Republic of China (法律援助法, in force since
2022-01-01), article numbers without another law's name are its own. `25.1(4)` is article 25,
paragraph 1, item 4; `31(5)` is article 31, item 5. The words are ours, the statute is what binds.

A finding is a proposal. It never refuses anybody, a person decides, and days are natural days
(not working days). A fact that is not known is asked for, never guessed: a finding of high
confidence holds whatever the unknown facts turn out to be.
"""

Row = Sequence[str]


def page() -> str:
    """Writes the whole page as Markdown."""
    return "\n".join(
        (
            _HEAD,
            _section("Ways on", "The first row that applies decides.", _track_rows()),
            _section(
                "Means",
                "For the tracks civil, criminal_victim, retrial and review; the first decides.",
                _means_rows(),
            ),
            _section("Besides", "Every row that applies is shown.", _overlay_rows()),
            _section("Time limits", "Natural days, or hours.", _deadline_rows()),
            _section("Matters", "As the form offers them.", _matter_rows()),
            _section("Proofs", "Asked for instead of a statement of means.", _proof_rows()),
            _section("Questions", "In this order, those that decide first.", _question_rows()),
            _section("States of an application", "Everything else is refused.", _state_rows()),
            _section("Words", "As stored, and as shown.", _label_rows()),
        )
    )


def _section(title: str, text: str, rows: Iterable[Row]) -> str:
    head, *body = rows
    lines = [_line(head), _line(["---"] * len(head)), *(_line(row) for row in body)]
    return f"## {title}\n\n{text}\n\n" + "\n".join(lines) + "\n"


def _line(cells: Row) -> str:
    return "| " + " | ".join(cells) + " |"


def _grounds(rule: Rule | MeansRule) -> str:
    return "<br>".join(f"{g.article.code} {g.article.reason}" for g in rule.grounds)


def _track_rows() -> Iterable[Row]:
    yield ("rule", "whom", "grounds, any of", "also", "track")
    for rule in TRACK_RULES:
        also = "<br>".join(f"{article.code} {article.reason}" for article in rule.also)
        yield (f"`{rule.id}`", rule.title, _grounds(rule), also, f"`{rule.track}`")


def _means_rows() -> Iterable[Row]:
    yield ("rule", "grounds, any of", "means test")
    for rule in MEANS_RULES:
        yield (f"`{rule.id}` {rule.title}", _grounds(rule), f"`{rule.test}`")


def _overlay_rows() -> Iterable[Row]:
    yield ("overlay", "text", "source", "tracks")
    for rule in OVERLAY_RULES:
        overlay = rule.overlay
        mark = " (urgent)" if overlay.is_urgent else ""
        tracks = "all" if rule.tracks == ALL_TRACKS else ", ".join(sorted(rule.tracks))
        yield (f"`{overlay.id}`{mark}", overlay.text, overlay.source, tracks)


def _deadline_rows() -> Iterable[Row]:
    yield ("step", "from which event", "limit", "article")
    for deadline in DEADLINES:
        limit = f"{deadline.days} days" if deadline.days else f"{deadline.hours} hours"
        yield (f"`{deadline.id}`", deadline.text, limit, deadline.article)


def _matter_rows() -> Iterable[Row]:
    yield ("matter", "label", "listed in", "to mind", "when no ground fits")
    for matter, info in MATTERS.items():
        listed = f"31({info.item})" if info.item else "31(9)?" if info.is_borderline else "-"
        injury = "，限人身损害" if info.needs_injury else ""
        yield (
            f"`{matter}`",
            info.label,
            listed + injury,
            "<br>".join(info.reminders),
            "<br>".join(info.alternatives),
        )


def _proof_rows() -> Iterable[Row]:
    yield ("ground", "proof")
    for code, document in GROUND_PROOFS.items():
        yield (code, document.text)


def _question_rows() -> Iterable[Row]:
    yield ("fact", "question", "kind")
    for field in FIELDS:
        yield (f"`{field.name}`", field.question, field.kind)


def _state_rows() -> Iterable[Row]:
    yield ("from", "action", "to", "roles", "needs")
    for (state, action), row in TRANSITIONS.items():
        needs = [
            word
            for word, is_needed in (
                ("written reason", row.needs_reason),
                ("list of documents", row.needs_documents),
            )
            if is_needed
        ]
        roles = ", ".join(sorted(row.roles))
        yield (f"`{state}`", f"`{action}`", f"`{row.to}`", roles, ", ".join(needs) or "-")


def _label_rows() -> Iterable[Row]:
    yield ("value", "label")
    for labels in (TRACK_LABELS, MEANS_LABELS, CONFIDENCE_LABELS):
        for value, label in labels.items():
            yield (f"`{value}`", label)


if __name__ == "__main__":
    sys.stdout.write(page())
