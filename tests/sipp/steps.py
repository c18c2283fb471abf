"""Scenarios for SIPp put together from steps, where a file for each would only repeat the others.

    caller(invite(), expect(200), ack(), pause(100), bye(2))

What `caller` and `callee` make goes where the name of a scenario file goes.
"""

from itertools import count
from xml.sax.saxutils import quoteattr

_numbers = count(1)
_SESSION = "Content-Type: application/sdp\nContent-Length: [len]\n\n{body}"
_EMPTY = "Content-Length: [len]\n\n"
_CALLER_FROM = "From: <sip:@CALLER@@[local_ip]:[local_port]>;tag=[pid]S[call_number]"
_CALLER_TO = "To: <sip:[service]@[remote_ip]:[remote_port]>"
_VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
_CONTACT = "Contact: <sip:peer@[local_ip]:[local_port]>"
_LAST = "[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]"


def caller(*steps: str) -> str:
    """A scenario of a telephone that calls."""
    return _scenario(steps)


def callee(*steps: str) -> str:
    """A scenario of a telephone that is called; the INVITE is taken before the first step."""
    return _scenario((take_invite(), *steps))


def take_invite(*matching: str) -> str:
    """Waits for an INVITE that begins a call; `answer_invite` answers the last one."""
    names = {"via": "Via:", "caller": "From:", "callee": "To:"}
    kept = "".join(
        f'<ereg regexp=".*" search_in="hdr" header="{header}" assign_to="{name}"/>'
        for name, header in names.items()
    )
    number = '<ereg regexp="[0-9]+ INVITE" search_in="hdr" header="CSeq:" assign_to="number"/>'
    checks, found = _checks(matching, None)
    actions = checks.removeprefix("<action>").removesuffix("</action>")
    return (
        f'<recv request="INVITE" crlf="true" rrs="true"><action>{kept}{number}{actions}</action>'
        f'</recv><Reference variables="via,caller,callee,number"/>{found}'
    )


def invite(*, headers: str = "", body: str = "@OFFER@", sequence: int = 1) -> str:
    """Sends the INVITE that begins a call; later ones are `request`."""
    return _send(
        f"INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n{_VIA}\n{_CALLER_FROM}\n"
        f"{_CALLER_TO}\nCall-ID: [call_id]\nCSeq: {sequence} INVITE\n{_CONTACT}\n"
        f"Max-Forwards: 70\n{_lines(headers)}{_content(body)}"
    )


def request(
    method: str, sequence: int, *, headers: str = "", body: str = "", repeats: bool = True
) -> str:
    """The caller sends a request inside the call."""
    return _send(
        f"{method} [next_url] SIP/2.0\n{_VIA}\n{_CALLER_FROM}\n{_CALLER_TO}[peer_tag_param]\n"
        f"Call-ID: [call_id]\nCSeq: {sequence} {method}\n{_CONTACT}\nMax-Forwards: 70\n[routes]\n"
        f"{_lines(headers)}{_content(body)}",
        repeats=repeats,
    )


def ack(sequence: int = 1, *, body: str = "") -> str:
    """The caller acknowledges an answer."""
    return request("ACK", sequence, body=body, repeats=False)


def bye(sequence: int) -> str:
    """The caller hangs up."""
    return request("BYE", sequence) + expect(200)


def cancel(sequence: int = 1) -> str:
    """The caller takes its INVITE back; only right after an answer to it has come."""
    # The branch is that of the INVITE (RFC 3261 section 9.1), which the answer has repeated.
    return _send(
        f"CANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n{_CALLER_FROM}\n"
        f"{_CALLER_TO}\nCall-ID: [call_id]\nCSeq: {sequence} CANCEL\nMax-Forwards: 70\n{_EMPTY}"
    )


def raw(text: str, *, repeats: bool = True) -> str:
    """Sends a message word for word; SIPp fills in what stands in square brackets."""
    return _send(text, repeats=repeats)


def callee_request(method: str, sequence: int, *, headers: str = "", body: str = "") -> str:
    """The callee sends a request inside the call."""
    return _send(
        f"{method} [next_url] SIP/2.0\n{_VIA}\nFrom:[$callee];tag=[pid]U[call_number]\n"
        f"To:[$caller]\nCall-ID: [call_id]\nCSeq: {sequence} {method}\n{_CONTACT}\n"
        f"Max-Forwards: 70\n{_lines(headers)}{_content(body)}",
        repeats=method != "ACK",
    )


def answer_invite(
    status: int, *, headers: str = "", body: str = "", tag: str = "[pid]U[call_number]"
) -> str:
    """The callee answers the INVITE, whatever came in between."""
    # An answer to INVITE is repeated until the ACK comes, a provisional one is not.
    return _send(
        f"SIP/2.0 {status} Answer\nVia:[$via]\nFrom:[$caller]\nTo:[$callee];tag={tag}\n"
        f"Call-ID: [call_id]\nCSeq:[$number]\n{_CONTACT}\n{_lines(headers)}{_content(body)}",
        repeats=status >= 200,
    )


def answer(status: int, *, headers: str = "", body: str = "") -> str:
    """Answers the request that came last."""
    text = f"SIP/2.0 {status} Answer\n{_LAST}\n{_CONTACT}\n{_lines(headers)}{_content(body)}"
    return _send(text, repeats=False)


def expect(status: int, *matching: str, without: str | None = None) -> str:
    """Waits for an answer, whatever provisional ones come before.

    Args:
        status: The status.
        matching: Regular expressions that it matches.
        without: One that it must not match.
    """
    optional = "".join(
        f'<recv response="{code}" optional="true"></recv>' for code in (100, 180) if code < status
    )
    checks, names = _checks(matching, without)
    return f'{optional}<recv response="{status}" rrs="true">{checks}</recv>{names}'


def expect_request(method: str, *matching: str, without: str | None = None) -> str:
    """Waits for a request."""
    checks, names = _checks(matching, without)
    return f'<recv request="{method}" crlf="true">{checks}</recv>{names}'


def pause(milliseconds: int) -> str:
    """Does nothing for a while; a message that comes meanwhile fails the scenario."""
    return f'<pause milliseconds="{milliseconds}"/>'


def _scenario(steps: tuple[str, ...]) -> str:
    inside = "\n".join(steps)
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
        f'<scenario name="steps">\n{inside}\n</scenario>\n'
    )


def _send(text: str, *, repeats: bool = True) -> str:
    retrans = ' retrans="500"' if repeats else ""
    return f"<send{retrans}><![CDATA[\n{text}\n]]></send>"


def _content(body: str) -> str:
    return _SESSION.format(body=body) if body else _EMPTY


def _lines(headers: str) -> str:
    return headers if not headers or headers.endswith("\n") else f"{headers}\n"


def _checks(matching: tuple[str, ...], without: str | None) -> tuple[str, str]:
    patterns = [(pattern, "check_it") for pattern in matching]
    if without is not None:
        patterns.append((without, "check_it_inverse"))
    if not patterns:
        return "", ""
    names = [f"found{next(_numbers)}" for _ in patterns]
    checks = "".join(
        f'<ereg regexp={quoteattr(pattern)} search_in="msg" {check}="true" assign_to="{name}"/>'
        for (pattern, check), name in zip(patterns, names, strict=True)
    )
    return f"<action>{checks}</action>", f'<Reference variables="{",".join(names)}"/>'
