r"""The test messages of RFC 4475 section 3, and what we answer to each.

Written from the RFC's text. ``@PORT@`` is where the answer goes, ``@LENGTH@`` the body's true
length; lines end in CR LF on the wire. Where the RFC leaves a choice, or speaks of a registrar or a
proxy that we are not, `why` says what we do.
"""

from dataclasses import dataclass

RINGING = 180
SILENCE = 0


@dataclass(frozen=True)
class Torture:
    """One message.

    Attributes:
        section: Of RFC 4475.
        name: As the RFC calls the message.
        text: The message.
        status: What it is answered with; `SILENCE` for nothing.
        header: What stands in the answer.
        why: A choice of ours that the RFC leaves open.
    """

    section: str
    name: str
    text: str
    status: int
    header: str = ""
    why: str = ""

    def encode(self, port: int) -> bytes:
        """The datagram.

        Args:
            port: Where the answer goes.
        """
        text = self.text.lstrip("\n").replace("@PORT@", str(port))
        head, _, body = text.partition("\n\n")
        body = body.replace("\n", "\r\n")
        head = head.replace("@LENGTH@", str(len(body.encode()))).replace("\n", "\r\n")
        return f"{head}\r\n\r\n{body}".encode()


_SESSION = """v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.3
s=-
c=IN IP4 192.0.2.4
t=0 0
m=audio 49217 RTP/AVP 0 12
m=video 3227 RTP/AVP 31
a=rtpmap:31 LPC
"""


def _request(
    first: str, *headers: str, name: str, method: str, body: str = "", via: str = "192.0.2.1"
) -> str:
    """A request with the headers that are not the point; those given come in their place."""
    names = (line.partition(":")[0].strip().lower() for line in headers)
    given = {{"f": "from", "v": "via", "l": "content-length"}.get(name, name) for name in names}
    usual = {
        "via": f"Via: SIP/2.0/UDP {via}:@PORT@;branch=z9hG4bK.{name}",
        "max-forwards": "Max-Forwards: 70",
        "from": f"From: <sip:caller@example.net>;tag={name}",
        "to": "To: sip:user@example.com",
        "call-id": f"Call-ID: {name}.0ha0isndaksdj@192.0.2.1",
        "cseq": f"CSeq: 8 {method}",
    }
    if method == "INVITE":
        usual["contact"] = "Contact: <sip:caller@host5.example.net>"
    if body:
        usual["content-type"] = "Content-Type: application/sdp"
    usual["content-length"] = "Content-Length: @LENGTH@"
    lines = [first, *headers, *(line for key, line in usual.items() if key not in given)]
    return "\n".join(lines) + "\n\n" + body


VALID = [
    Torture(
        "3.1.1.1",
        "wsinv",
        """
INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : @LENGTH@
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2:@PORT@;branch=390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

"""
        + _SESSION,
        481,
        header="tag=1918181833n",
        why="It has a To tag, so it belongs to a call that we do not have.",
    ),
    Torture(
        "3.1.1.2",
        "intmeth",
        _request(
            "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$"
            "/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com SIP/2.0",
            "Via: SIP/2.0/UDP host1.example.com:@PORT@;branch=z9hG4bK-.!%66*_+`'~",
            'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$'
            "/crazy?,/;;*@example.com>",
            "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
            ";fromParam''~+*_!.-%=\"работающий\";tag=_token~1'+`*%!-.",
            "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
            "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~",
            "extensionHeader-!.%*+_`'~: 大停電",
            name="intmeth",
            method="!interesting-Method0123456789_*+`.%indeed'~",
        ),
        405,
        header="llow:",
    ),
    Torture(
        "3.1.1.3",
        "esc01",
        _request(
            "INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0",
            "To: sip:%75se%72@example.com",
            "From: <sip:I%20have%20spaces@example.net>;tag=938",
            "Contact: <sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31>",
            name="esc01",
            method="INVITE",
            body=_SESSION,
        ),
        RINGING,
    ),
    Torture(
        "3.1.1.4",
        "escnull",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "To: sip:null-%00-null@example.com",
            "From: sip:null-%00-null@example.com;tag=839923423",
            "Contact: <sip:%00@host5.example.com>",
            "Contact: <sip:%00%00@host5.example.com>",
            name="escnull",
            method="REGISTER",
        ),
        405,
        why="The trunk's port is no registrar.",
    ),
    Torture(
        "3.1.1.5",
        "esc02",
        _request(
            "RE%47IST%45R sip:registrar.example.com SIP/2.0",
            'To: "%Z%45" <sip:resource@example.com>',
            'From: "%Z%45" <sip:resource@example.com>;tag=f232jadfj23',
            "CSeq: 29344 RE%47IST%45R",
            "Contact: <sip:alias1@host1.example.com>",
            name="esc02",
            method="RE%47IST%45R",
        ),
        405,
    ),
    Torture(
        "3.1.1.6",
        "lwsdisp",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0",
            "From: caller<sip:caller@example.com>;tag=323",
            name="lwsdisp",
            method="OPTIONS",
        ),
        200,
    ),
    Torture(
        "3.1.1.7",
        "longreq",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            f'To: "I have a user name of {"extreme" * 10} proportion"<sip:user@example.com:6000;'
            f"unknownparam1={'very' * 20}longvalue;longparam{'name' * 25}=shortvalue;"
            f"very{'long' * 25}ParameterNameWithNoValue>",
            f"F: sip:{'amazinglylongcallername' * 5}@example.net;tag=12{'982424' * 50};"
            f"unknownheaderparam{'name' * 20}=unknowheaderparam{'value' * 15};"
            f"unknownValueless{'paramname' * 10}",
            f"Call-ID: longreq.one{'really' * 20}longcallid",
            "CSeq: 3882340 INVITE",
            f"Unknown-{'Long' * 20}-Name: unknown-{'long' * 20}-value; unknown-{'long' * 20}"
            f"-parameter-name = unknown-{'long' * 20}-parameter-value",
            "Via: SIP/2.0/UDP sip33.example.com:@PORT@",
            *(f"v: SIP/2.0/TCP sip{n}.example.com" for n in range(32, 2, -1)),
            f"Via: SIP/2.0/UDP host.example.com;received=192.0.2.5;branch=very{'long' * 50}branch",
            f"Contact: <sip:{'amazinglylongcallername' * 5}@host5.example.net>",
            name="longreq",
            method="INVITE",
            body=_SESSION,
        ),
        RINGING,
    ),
    Torture(
        "3.1.1.8",
        "dblreq",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "Content-Length: 0",
            name="dblreq",
            method="REGISTER",
            body=_request(
                "INVITE sip:joe@example.com SIP/2.0",
                name="dblreq2",
                method="INVITE",
                body=_SESSION,
            ),
        ),
        405,
        why="What follows the first message is not read.",
    ),
    Torture(
        "3.1.1.9",
        "semiuri",
        _request(
            "OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0",
            "To: sip:j_user@example.com",
            name="semiuri",
            method="OPTIONS",
        ),
        200,
    ),
    Torture(
        "3.1.1.10",
        "transports",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0",
            "Via: SIP/2.0/UDP t1.example.com:@PORT@;branch=z9hG4bKkdjuw",
            "Via: SIP/2.0/SCTP t2.example.com;branch=z9hG4bKklasjdhf",
            "Via: SIP/2.0/TLS t3.example.com;branch=z9hG4bK2980unddj",
            "Via: SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en",
            "Via: SIP/2.0/TCP t5.example.com;branch=z9hG4bK0a9idfnee",
            name="transports",
            method="OPTIONS",
        ),
        200,
        header="UNKNOWN t4.example.com",
    ),
    Torture(
        "3.1.1.11",
        "mpart01",
        _request(
            "MESSAGE sip:kumiko@example.org SIP/2.0",
            "Content-Type: multipart/mixed;boundary=7a9cbec02ceef655",
            name="mpart01",
            method="MESSAGE",
            body="--7a9cbec02ceef655\nContent-Type: text/plain\n\nHello\n"
            "--7a9cbec02ceef655\nContent-Type: application/octet-stream\n\n\x000\x01R\x06\x09*\n"
            "--7a9cbec02ceef655--\n",
        ),
        405,
        why="We take no messages.",
    ),
    Torture(
        "3.1.1.12",
        "unreason",
        _request(
            "SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять", name="unreason", method="INVITE"
        ),
        SILENCE,
        why="It answers no request of ours.",
    ),
    Torture(
        "3.1.1.13",
        "noreason",
        _request("SIP/2.0 100 ", name="noreason", method="INVITE"),
        SILENCE,
        why="It answers no request of ours.",
    ),
]

INVALID = [
    Torture(
        "3.1.2.1",
        "badinv01",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            "Via: SIP/2.0/UDP 192.0.2.15:@PORT@;;,;,,",
            'Contact: "Joe" <sip:joe@example.org>;;;;',
            name="badinv01",
            method="INVITE",
            body=_SESSION,
        ),
        400,
    ),
    Torture(
        "3.1.2.2",
        "clerr",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            "Content-Length: 9999",
            name="clerr",
            method="INVITE",
            body=_SESSION,
        ),
        400,
    ),
    Torture(
        "3.1.2.3",
        "ncl",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            "Content-Length: -999",
            name="ncl",
            method="INVITE",
            body=_SESSION,
        ),
        400,
    ),
    Torture(
        "3.1.2.4",
        "scalar02",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "CSeq: 36893488147419103232 REGISTER",
            "Max-Forwards: 300",
            "Expires: 10000000000000000000000000000000000000000000000000",
            "Contact: <sip:user@host129.example.com>;expires=280297596632815",
            name="scalar02",
            method="REGISTER",
        ),
        400,
    ),
    Torture(
        "3.1.2.5",
        "scalarlg",
        _request(
            "SIP/2.0 503 Service Unavailable",
            "CSeq: 9292394834772304023312 OPTIONS",
            "Retry-After: 949302838503028349304023988",
            'Warning: 1812 overture "In Progress"',
            name="scalarlg",
            method="OPTIONS",
        ),
        SILENCE,
    ),
    Torture(
        "3.1.2.6",
        "quotbal",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            'To: "Mr. J. User <sip:j.user@example.com>',
            name="quotbal",
            method="INVITE",
            body=_SESSION,
        ),
        400,
    ),
    Torture(
        "3.1.2.7",
        "ltgtruri",
        _request(
            "INVITE <sip:user@example.com> SIP/2.0", name="ltgtruri", method="INVITE", body=_SESSION
        ),
        400,
    ),
    Torture(
        "3.1.2.8",
        "lwsruri",
        _request(
            "INVITE sip:user@example.com; lr SIP/2.0",
            name="lwsruri",
            method="INVITE",
            body=_SESSION,
        ),
        400,
    ),
    Torture(
        "3.1.2.9",
        "lwsstart",
        _request(
            "INVITE  sip:user@example.com  SIP/2.0", name="lwsstart", method="INVITE", body=_SESSION
        ),
        400,
    ),
    Torture(
        "3.1.2.10",
        "trws",
        _request("OPTIONS sip:remote-target@example.com SIP/2.0  ", name="trws", method="OPTIONS"),
        400,
        why="It may also be let pass.",
    ),
    Torture(
        "3.1.2.11",
        "escruri",
        _request(
            "INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0",
            name="escruri",
            method="INVITE",
            body=_SESSION,
        ),
        400,
    ),
    Torture(
        "3.1.2.12",
        "baddate",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            "Date: Fri, 01 Jan 2010 16:00:00 EST",
            name="baddate",
            method="INVITE",
            body=_SESSION,
        ),
        RINGING,
        why="We do not read Date, so its fault costs nobody a call.",
    ),
    Torture(
        "3.1.2.13",
        "regbadct",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E",
            name="regbadct",
            method="REGISTER",
        ),
        400,
    ),
    Torture(
        "3.1.2.14",
        "badaspec",
        _request(
            "OPTIONS sip:user@example.org SIP/2.0",
            'To: "Watson, Thomas" < sip:t.watson@example.org >',
            name="badaspec",
            method="OPTIONS",
        ),
        400,
    ),
    Torture(
        "3.1.2.15",
        "baddn",
        _request(
            "OPTIONS sip:t.watson@example.org SIP/2.0",
            "From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43",
            name="baddn",
            method="OPTIONS",
        ),
        400,
    ),
    Torture(
        "3.1.2.16",
        "badvers",
        _request("OPTIONS sip:t.watson@example.org SIP/7.0", name="badvers", method="OPTIONS"),
        505,
    ),
    Torture(
        "3.1.2.17",
        "mismatch01",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0",
            "CSeq: 8 INVITE",
            name="mismatch01",
            method="OPTIONS",
        ),
        400,
    ),
    Torture(
        "3.1.2.18",
        "mismatch02",
        _request(
            "NEWMETHOD sip:user@example.com SIP/2.0",
            "CSeq: 8 INVITE",
            "Contact: <sip:caller@host1.example.net>",
            name="mismatch02",
            method="NEWMETHOD",
            body=_SESSION,
        ),
        400,
        why="501 would be as good.",
    ),
    Torture(
        "3.1.2.19",
        "bigcode",
        _request(
            "SIP/2.0 4294967301 better not break the receiver", name="bigcode", method="INVITE"
        ),
        SILENCE,
    ),
]

SEMANTICS = [
    Torture(
        "3.2.1",
        "badbranch",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0",
            "Via: SIP/2.0/UDP 192.0.2.1:@PORT@;branch=z9hG4bK",
            name="badbranch",
            method="OPTIONS",
        ),
        200,
        why="The transaction is told by Call-ID, From and CSeq, as before RFC 3261.",
    ),
    Torture(
        "3.3.1",
        "insuf",
        """
INVITE sip:user@example.com SIP/2.0
CSeq: 193942 INVITE
Via: SIP/2.0/UDP 192.0.2.95:@PORT@;branch=z9hG4bKkdj.insuf
Content-Type: application/sdp
l: @LENGTH@

"""
        + _SESSION,
        400,
    ),
    Torture(
        "3.3.2",
        "unkscm",
        _request(
            "OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0",
            name="unkscm",
            method="OPTIONS",
        ),
        416,
    ),
    Torture(
        "3.3.3",
        "novelsc",
        _request("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0", name="novelsc", method="OPTIONS"),
        416,
    ),
    Torture(
        "3.3.4",
        "unksm2",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "To: isbn:2983792873",
            "From: <http://www.example.com>;tag=3234233",
            "Contact: <name:John_Smith>",
            name="unksm2",
            method="REGISTER",
        ),
        400,
    ),
    Torture(
        "3.3.5",
        "bext01",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0",
            "Require: nothingSupportsThis, nothingSupportsThisEither",
            "Proxy-Require: noProxiesSupportThis, norDoAnyProxiesSupportThis",
            name="bext01",
            method="OPTIONS",
        ),
        420,
        header="Unsupported: nothingSupportsThis, nothingSupportsThisEither",
    ),
    Torture(
        "3.3.6",
        "invut",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            "Content-Type: application/unknownformat",
            name="invut",
            method="INVITE",
            body="<audio>\n <pcmu port='443'/>\n</audio>\n",
        ),
        415,
        header="Accept: application/sdp",
    ),
    Torture(
        "3.3.7",
        "regaut01",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "Authorization: NoOneKnowsThisScheme opaque-data=here",
            name="regaut01",
            method="REGISTER",
        ),
        405,
        why="The trunk's port is no registrar.",
    ),
    Torture(
        "3.3.8",
        "multi01",
        _request(
            "INVITE sip:user@company.com SIP/2.0",
            "CSeq: 5 INVITE",
            "CSeq: 59 INVITE",
            "Call-ID: multi01.98asdh@192.0.2.1",
            "Call-ID: multi01.98asdh@192.0.2.2",
            "From: sip:caller@example.com;tag=3413415",
            "From: sip:caller@example.net;tag=2923420123",
            "To: sip:user@example.com",
            "To: sip:user@example.net",
            "Max-Forwards: 70",
            "Max-Forwards: 5",
            name="multi01",
            method="INVITE",
            body=_SESSION,
        ),
        400,
    ),
    Torture(
        "3.3.9",
        "mcl01",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0",
            "Content-Length: 13",
            "Content-Length: 5",
            "Content-Type: text/plain",
            name="mcl01",
            method="OPTIONS",
            body="There's no way to know how many octets are supposed to be here.\n",
        ),
        400,
    ),
    Torture(
        "3.3.10",
        "bcast",
        _request(
            "SIP/2.0 200 OK",
            "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923",
            "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23",
            name="bcast",
            method="INVITE",
            body=_SESSION,
        ),
        SILENCE,
    ),
    Torture(
        "3.3.11",
        "zeromf",
        _request(
            "OPTIONS sip:user@example.com SIP/2.0",
            "Max-Forwards: 0",
            name="zeromf",
            method="OPTIONS",
        ),
        200,
        why="It has arrived; only whoever would send it on answers 483.",
    ),
    Torture(
        "3.3.12",
        "cparam01",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "Contact: sip:+19725552222@gw1.example.net;unknownparam",
            name="cparam01",
            method="REGISTER",
        ),
        405,
        why="The trunk's port is no registrar.",
    ),
    Torture(
        "3.3.13",
        "cparam02",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "Contact: <sip:+19725552222@gw1.example.net;unknownparam>",
            name="cparam02",
            method="REGISTER",
        ),
        405,
        why="The trunk's port is no registrar.",
    ),
    Torture(
        "3.3.14",
        "regescrt",
        _request(
            "REGISTER sip:example.com SIP/2.0",
            "Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
            name="regescrt",
            method="REGISTER",
        ),
        405,
        why="The trunk's port is no registrar.",
    ),
    Torture(
        "3.3.15",
        "sdp01",
        _request(
            "INVITE sip:user@example.com SIP/2.0",
            "Accept: text/nobodyKnowsThis",
            "Content-Length: 0",
            name="sdp01",
            method="INVITE",
        ),
        406,
    ),
    Torture(
        "3.4.1",
        "inv2543",
        """
INVITE sip:UserB@example.com SIP/2.0
Via: SIP/2.0/UDP iftgw.example.com:@PORT@
From: <sip:+13035551111@ift.client.example.net;user=phone>
Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>
To: sip:+16505552222@ss1.example.net;user=phone
Call-ID: inv2543.1717@ift.client.example.com
CSeq: 56 INVITE
Content-Type: application/sdp

v=0
o=mhandley 29739 7272939 IN IP4 192.0.2.5
s=-
c=IN IP4 192.0.2.5
t=0 0
m=audio 49217 RTP/AVP 0
""",
        400,
        why="Without a Contact (RFC 3261 wants one) we could not even hang up.",
    ),
]

MESSAGES = [*VALID, *INVALID, *SEMANTICS]
