"""The four logs of the worked examples of searches, and of what logs come to."""

from __future__ import annotations

from doghouse.logs.model import Log

LOGS = {
    "L1": Log(
        timestamp=1772445600,
        message="User login failed: timeout type=error id=42",
        service="web",
        status="error",
        host="h1",
        source="nginx",
        tags=("env:prod", "version:1.2", "team:sre", "team:ops"),
        attributes={
            "http": {"status_code": 500, "url": "/api-v1/users"},
            "duration": 120.5,
            "user": {"name": "Ann Lee"},
            "ip": "13.1.2.3",
            "ids": [4, 6],
        },
    ),
    "L2": Log(
        timestamp=1772445600,
        message="hello beautiful world",
        service="web-store",
        status="info",
        host="h2",
        source="nginx",
        tags=("env:dev",),
        attributes={
            "http": {"status_code": 200},
            "duration": 20,
            "user": {"name": "Bob"},
            "type": "error",
            "ids": [3],
        },
    ),
    "L3": Log(
        timestamp=1772445600,
        message="Hello, world! NETWORK down",
        service="api",
        status="warn",
        host="h1",
        source="app",
        tags=("env:prod", "blue"),
        attributes={
            "http": {"status_code": "404"},
            "net": {"ips": ["10.0.0.1", "15.2.0.9"]},
            "error": {"message": "boom timeout"},
        },
    ),
    "L4": Log(
        timestamp=1772445600,
        message="ok",
        service="auth-mongo",
        status="ok",
        host="h3",
        source="mongo",
        tags=("env:test", "version:beta"),
        attributes={
            "my": "hello:world",
            "note": "hello_world",
            "title": "release done",
            "users": [{"names": ["Peter", "Ann"]}],
        },
    ),
}
