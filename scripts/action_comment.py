#!/usr/bin/env python3
"""The last step of action.yml: one comment on the pull request from the reports (*.md) of a folder, or the run's summary where that may not be.

It runs on a runner's own Python with nothing installed. Source: https://docs.github.com/en/rest/issues/comments.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

MARKER = "<!-- doghouse: review of monitors -->"
LARGEST = 65_536  # characters of a comment
PAGE = 100  # comments that one request gives
TIMEOUT_S = 30
CUT = "\n\n*The whole of it does not fit here: it is in the summary of this run.*\n"


def main(folder: Path) -> None:
    reports = [path.read_text("utf-8").strip() for path in sorted(folder.glob("*.md"))]
    whole = "\n\n".join(text for text in reports if text)
    file = folder / "comment.txt"
    file.write_text(body(whole), "utf-8")
    output("report", str(file))
    if not whole:
        print("There is no report.")
        return
    number = pull_request()
    why = "" if number else "this is no pull request"
    if number and os.environ["COMMENT"] == "true":
        why = comment(number, file.read_text("utf-8"))
    elif number:
        why = "nobody asked for a comment"
    if why or len(file.read_text("utf-8")) < len(whole):
        print(f"The report is in the summary of this run: {why or 'it is too long for a comment'}.")
        with Path(os.environ["GITHUB_STEP_SUMMARY"]).open("a", encoding="utf-8") as summary:
            summary.write(whole + "\n")


def body(whole: str) -> str:
    """The comment: the marker, and as many lines as fit; a block that is cut open is closed."""
    text = f"{MARKER}\n{whole}\n"
    if len(text) <= LARGEST:
        return text
    room = LARGEST - len(CUT) - len("\n\n</details>")
    head = text[: text.rindex("\n", 0, room)]
    open_blocks = head.count("<details>") - head.count("</details>")
    return head + "\n\n</details>" * min(open_blocks, 1) + CUT


def comment(number: int, text: str) -> str:
    """Write the comment, or put it in the place of the one that is there; why not, where that is not allowed."""
    comments = f"/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    try:
        mine = own_comment(f"{comments}/{number}/comments")
        if mine is None:
            ask("POST", f"{comments}/{number}/comments", {"body": text})
        elif mine["body"].strip() != text.strip():
            ask("PATCH", f"{comments}/comments/{int(mine['id'])}", {"body": text})
    except urllib.error.HTTPError as error:
        return f"GitHub answered {error.code} to the comment" + (", there is no right to" if error.code == 403 else "")
    except (OSError, ValueError) as error:
        return f"GitHub could not be asked: {type(error).__name__}"
    return ""


def own_comment(path: str) -> dict[str, Any] | None:
    """This action's comment: a workflow's own (nobody else can edit that), with the marker at its beginning."""
    page = 1
    while True:
        listed = ask("GET", f"{path}?per_page={PAGE}&page={page}")
        for candidate in listed:
            if (candidate.get("user") or {}).get("type") == "Bot" and (candidate.get("body") or "").startswith(MARKER):
                review_comment: dict[str, Any] = candidate
                return review_comment
        if len(listed) < PAGE:
            return None
        page += 1


def ask(method: str, path: str, document: object = None) -> Any:
    """One request of GitHub's API. Raises HTTPError, OSError, ValueError."""
    request = urllib.request.Request(
        os.environ["GITHUB_API_URL"] + path,
        None if document is None else json.dumps(document).encode(),
        {
            "Authorization": f"Bearer {os.environ['TOKEN']}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
        },
        method=method,
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
        return json.load(response)


def pull_request() -> int | None:
    """The number of the pull request that this run is for."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    number = (event.get("pull_request") or {}).get("number")
    return number if isinstance(number, int) else None


def output(name: str, value: str) -> None:
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
