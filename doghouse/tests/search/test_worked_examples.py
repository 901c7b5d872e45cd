"""What searches match: worked examples over four logs, each rule of the language at least once."""

from __future__ import annotations

import pytest
from four_logs import LOGS

from doghouse.logs.model import Log
from doghouse.logs.search import record
from doghouse.search import matching

ALL = "L1 L2 L3 L4"


def matches(query: str) -> str:
    wanted = matching.compile_search(query)
    return " ".join(name for name, log in LOGS.items() if wanted(record(log)))


@pytest.mark.parametrize(
    ("case", "query", "logs"),
    [
        ("S01", "LOGIN", "L1"),
        ("S01", "log", ""),
        ("S02", "hello world", "L2 L3"),
        ("S03", '"hello world"', "L3"),
        ("S04", "type=error", "L1"),
        ("S05", "type:error", ""),
        ("S05", "@type:error", "L2"),
        ("S06", "timeout", "L1 L3"),
        ("S07", "release", "L4"),
        ("S07", "Bob", ""),
        ("S07", "*:bob", "L2"),
        ("S08", "*:hello*", "L2 L3 L4"),
        ("S09", "service:web", "L1"),
        ("S09", "service:web*", "L1 L2"),
        ("S09", "service:*mongo", "L4"),
        ("S09", "service:Web", ""),
        ("S10", "env:(prod OR test)", "L1 L3 L4"),
        ("S11", "env:prod -version:1.2", "L3"),
        ("S12", "tags:blue", "L3"),
        ("S12", 'tags:"env:prod"', "L1 L3"),
        ("S13", "env:dev OR env:prod service:api", "L2 L3"),
        ("S14", "(env:dev OR env:prod) service:api", "L3"),
        ("S15", "-env:prod OR service:web", "L1 L2 L4"),
        ("S15", "env:prod or service:web", ""),
        ("S16", "@duration:>100", "L1"),
        ("S16", "@duration:<100", "L2"),
        ("S17", "-@duration:>100", "L2 L3 L4"),
        ("S18", "@http.status_code:[200 TO 299]", "L2"),
        ("S19", "@http.status_code:>=404", "L1 L3"),
        ("S20", "@http.status_code:{200 TO 500}", "L3"),
        ("S21", r"@http.url:/api\-v1/*", "L1"),
        ("S21", "@http.url:/api-v1/*", "L1"),
        ("S22", '@user.name:"Ann Lee"', "L1"),
        ("S22", "@user.name:Ann?Lee", "L1"),
        ("S22", r"@user.name:Ann\ Lee", "L1"),
        ("S23", "@user.name:Ann Lee", ""),
        ("S23", '@user.name:"ann lee"', ""),
        ("S24", r"@my:hello\:world", "L4"),
        ("S24", '@my:"hello:world"', "L4"),
        ("S25", "@users.names:Peter", "L4"),
        ("S25", "@ids:(4 6)", "L1"),
        ("S25", "@ids:[2 TO 3]", "L2"),
        ("S26", "@http.status_code:*", "L1 L2 L3"),
        ("S26", "-@http.status_code:*", "L4"),
        ("S27", "CIDR(@ip,13.0.0.0/8)", "L1"),
        ("S27", "CIDR(@net.ips,15.0.0.0/8, 16.0.0.0/8)", "L3"),
        ("S28", "NOT(CIDR(@ip,13.0.0.0/8))", "L2 L3 L4"),
        ("S29", "*NETWORK*", "L3"),
        ("S29", "net*", "L3"),
        ("S29", "*work", "L3"),
        ("S29", '"*work*"', ""),
        ("S30", "", ALL),
        ("S30", "*", ALL),
        ("S30", "*:*", ALL),
        ("S30", "-*", ""),
        ("S30", "team:(sre AND ops)", "L1"),
        ("LS1", "hello && world", "L2 L3"),
        ("LS1", "login||release", "L1 L4"),
        ("LS1", "!env:prod", "L2 L4"),
        ("LS1", "+hello", "L2 L3"),
        ("LS2", "NOT env:prod service:auth-mongo", "L4"),
        ("LS3", "host:h1", "L1 L3"),
        ("LS3", "status:(error OR warn)", "L1 L3"),
        ("LS7", "beautifu?", "L2"),
        ("LS7", "b?l", ""),
        ("LS7", "type=err*", "L1"),
        ("LS8", "*:peter", "L4"),
        ("LS8", "*:nginx", "L1 L2"),
        ("LS9", "env:p*", "L1 L3"),
        ("LS10", "@http.status_code:200.0", "L2"),
        ("LS11", "_exists_:@type", "L2"),
        ("LS11", "_missing_:version", "L2 L3"),
        ("LS11", "@http:*", "L1 L2 L3"),
        ("LS12", "@ids:(4 3)", ""),
        ("LS13", "version:[1 TO 2]", "L1"),
        ("LS13", "@duration:[* TO 100]", "L2"),
        ("LS14", r"@user.name:A\nn*", "L1"),
        ("LS14", r"service:web\*", ""),
        ("LS15", "CIDR(@ip,::/0)", ""),
        ("LS15", "CIDR(@user.name,0.0.0.0/0)", ""),
    ],
)
def test_a_search_matches(case: str, query: str, logs: str) -> None:
    assert matches(query) == logs, case


def test_a_tag_named_host_is_not_the_host() -> None:
    log = Log(timestamp=0, message="", host="a", tags=("host:b",))
    assert [matching.compile_search(query)(record(log)) for query in ("host:a", "host:b")] == [True, False]


def test_an_attribute_that_is_null_is_missing_and_an_empty_one_is_not() -> None:
    log = Log(timestamp=0, message="", attributes={"none": None, "empty": "", "a.b": 1})
    asked = {query: matching.compile_search(query)(record(log)) for query in ("@none:*", "@empty:*", "@a.b:1", "@a:*")}
    assert asked == {"@none:*": False, "@empty:*": True, "@a.b:1": True, "@a:*": False}
