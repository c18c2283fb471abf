from hotline.intake.conditions import Case, always
from hotline.intake.facts import IntakeFacts
from hotline.intake.findings import Article, Track
from hotline.intake.grounds import Ground, Rule, contenders
from hotline.intake.logic import NO, YES, Verdict

CASE = Case(IntakeFacts())
OPEN = Verdict(None, ("age",))


def rule(id_: str, verdict: Verdict) -> Rule:
    return Rule(
        id=id_,
        title="",
        track=Track.CIVIL,
        premise=always,
        grounds=(Ground(Article(31), lambda _case: verdict),),
    )


def names(*rules: Rule) -> list[str]:
    return [found.id for found, _ in contenders(rules, CASE)]


class TestContenders:
    def test_contenders__first_certain_one_ends_the_list(self) -> None:
        assert names(rule("no", NO), rule("open", OPEN), rule("yes", YES), rule("late", YES)) == [
            "open",
            "yes",
        ]

    def test_contenders__all_open_stay(self) -> None:
        assert names(rule("first", OPEN), rule("second", OPEN)) == ["first", "second"]


class TestArticles:
    def test_articles__only_grounds_that_are_met(self) -> None:
        found = Rule(
            id="two",
            title="",
            track=Track.CIVIL,
            premise=always,
            grounds=(
                Ground(Article(31, item=1), lambda _case: YES),
                Ground(Article(31, item=2), lambda _case: OPEN),
            ),
            also=(Article(36),),
        )

        assert [article.code for article in found.articles(CASE)] == ["31(1)", "36"]


class TestCode:
    def test_code__names_paragraph_and_item_where_given(self) -> None:
        assert [Article(23).code, Article(25, 1, 4).code, Article(43, 2).code] == [
            "23",
            "25.1(4)",
            "43.2",
        ]
