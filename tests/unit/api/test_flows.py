"""Versions of the call flow, over HTTP."""

from hotline.house import House
from ivr.catalogue import read_flow_file
from tests.unit.api.conftest import SignIn

FLOWS = "/api/v1/flows"
GOOD = read_flow_file()
BROKEN = GOOD.replace('key = "1"', 'key = "0"', 1)


def upload(sign_in: SignIn, text: str = GOOD) -> int:
    """An administrator's draft; its number."""
    answer = sign_in("admin").post(FLOWS, json={"text": text, "note": "spring"})
    assert answer.status_code == 201
    version: int = answer.json()["version"]
    return version


def test_post__keeps_a_draft_and_says_what_is_wrong_with_it(sign_in: SignIn) -> None:
    admin = sign_in("admin")

    good = admin.post(FLOWS, json={"text": GOOD, "note": "spring"}).json()
    broken = admin.post(FLOWS, json={"text": BROKEN}).json()

    assert (good["version"], good["state"], good["note"]) == (1, "draft", "spring")
    assert [each for each in good["findings"] if each["severity"] == "error"] == []
    assert "language -- " in good["diagram"]
    (finding,) = broken["findings"]
    assert (finding["severity"], finding["line"] > 1, broken["diagram"]) == ("error", True, None)


def test_activate__is_in_force_until_another_is(sign_in: SignIn) -> None:
    first, second = upload(sign_in), upload(sign_in)
    admin = sign_in("admin")

    assert admin.post(f"{FLOWS}/{first}/activate").json()["state"] == "active"
    assert admin.post(f"{FLOWS}/{second}/activate").json()["state"] == "active"
    listed = admin.get(FLOWS).json()["items"]
    assert [(each["version"], each["state"]) for each in listed] == [
        (2, "active"),
        (1, "retired"),
        (0, "retired"),
    ]

    assert admin.post(f"{FLOWS}/0/activate").json()["state"] == "active"
    states = {each["version"]: each["state"] for each in admin.get(FLOWS).json()["items"]}
    assert states == {2: "retired", 1: "retired", 0: "active"}


def test_activate__a_broken_flow_is_refused_with_its_line(sign_in: SignIn) -> None:
    version = upload(sign_in, BROKEN)

    answer = sign_in("admin").post(f"{FLOWS}/{version}/activate")

    assert answer.status_code == 422
    assert "line " in answer.json()["detail"]
    assert sign_in("admin").get(f"{FLOWS}/{version}").json()["state"] == "draft"
    assert sign_in("admin").post(f"{FLOWS}/99/activate").status_code == 404


def test_get__the_file_is_version_0(sign_in: SignIn) -> None:
    answer = sign_in("supervisor").get(f"{FLOWS}/0").json()

    assert (answer["text"], answer["state"]) == (GOOD, "active")


def test_check__keeps_nothing(sign_in: SignIn) -> None:
    answer = sign_in("supervisor").post(f"{FLOWS}/check", json={"text": "a ="}).json()

    assert [each["line"] for each in answer["findings"]] == [1]
    assert len(sign_in("admin").get(FLOWS).json()["items"]) == 1


def test_simulate__says_what_a_caller_hears(sign_in: SignIn, house: House) -> None:
    supervisor = sign_in("supervisor")

    answer = supervisor.post(f"{FLOWS}/0/simulate", json={"script": "key 1; hang up"}).json()
    wrong = supervisor.post(f"{FLOWS}/0/simulate", json={"script": "sing"})

    assert answer["lines"][-1].endswith("[ended]")
    assert wrong.status_code == 422
    assert "sing" in wrong.json()["detail"]


def test_flows__are_the_administrators(sign_in: SignIn) -> None:
    version = upload(sign_in)
    assert sign_in("supervisor").post(FLOWS, json={"text": GOOD}).status_code == 403
    assert sign_in("supervisor").post(f"{FLOWS}/{version}/activate").status_code == 403
    assert sign_in("li").get(FLOWS).status_code == 403
