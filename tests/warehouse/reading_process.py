"""
A process that asks the snapshot again and again until its standard input closes.

Arguments: home, entries a batch. Prints one JSON object: queries, errors, torn reads, the counts it saw.
"""

import json
import select
import sys
from pathlib import Path

from extractors.errors import NewsdeskError
from warehouse.connection import reader

# Whole batches only, every article with its revision, story, evidence and stored entry.
QUERY = """
select
    (select count(*) from articles),
    (select count(*) from revisions),
    (select count(*) from coverage),
    (select count(*) from entries where outcome = 'stored'),
    (select coalesce(sum(mention_count), 0) from coverage) - (select count(*) from mentions),
    (select coalesce(sum(article_count), 0)::bigint from new_coverage),
    (select last_load_seq from load_sequence)
"""


def main(home: Path, size: int) -> None:
    found = {"queries": 0, "errors": [], "torn": [], "counts": []}
    while not select.select([sys.stdin], [], [], 0)[0]:
        try:
            with reader(home) as con:
                articles, *others = con.execute(QUERY).fetchone()
        except NewsdeskError as error:
            found["errors"].append(str(error))
            continue
        revisions, coverage, stored, difference, stories, load_seq = others
        found["queries"] += 1
        found["counts"].append(articles)
        if articles % size or difference or {revisions, coverage, stored, stories, load_seq} != {articles}:
            found["torn"].append([articles, *others])
    found["counts"] = sorted(set(found["counts"]))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
