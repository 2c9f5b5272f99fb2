"""
Answer pages on stdin with what one tool reads from them; runs in the tool's own environment.

``python runner.py READER.py OPTIONS`` knows nothing of newsdesk: a line of JSON in ({"id", "url", "body" in base64,
"markup" as newsdesk decoded it}), a line out ({"id", "text", "title", "date", "authors", "ms"}, with "error" where the
tool raised). It is ended from outside where it hangs.
"""

import base64
import json
import os
import runpy
import sys
import time


def main() -> None:
    """Answer until stdin ends."""
    # What a tool prints must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    read = runpy.run_path(sys.argv[1])["read"]
    options = json.loads(sys.argv[2])
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        page = json.loads(line)
        print(json.dumps(answer(read, page, options), default=str), file=answers, flush=True)


def answer(read, page, options):  # noqa: ANN001, ANN201
    """Return the answer for one page; a tool that raises reads nothing from it."""
    body = base64.b64decode(page["body"])
    start = time.perf_counter()
    try:
        found, error = read(body, page["markup"], page["url"], **options), None
    except Exception as problem:  # noqa: BLE001 - any error of a tool under test is a result
        found, error = {}, f"{type(problem).__name__}: {problem}"
    seconds = time.perf_counter() - start
    return {"id": page["id"], **found, "ms": 1000 * seconds, **({"error": error} if error else {})}


if __name__ == "__main__":
    main()
