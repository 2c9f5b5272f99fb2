"""
Find copies with a tool that newsdesk is measured beside; runs in the tool's own environment.

It knows nothing of newsdesk. ``python story_runner.py TOOL`` takes a line of JSON a text on stdin ({"id", "text"}) in
the order of the stream, and prints one object: the text that each one joined, which seemed new, CPU seconds, postings.
A text joins all that the tool calls like it (connected components), which is how these tools are used.
"""

import json
import re
import sys
import time

_WORD = re.compile(r"\w+")
_RUN = 3
_PERMUTATIONS, _THRESHOLD = 128, 0.5
_BITS, _TABLES = 64, 4


def shingles(text):  # noqa: ANN001, ANN201
    """Return the runs of three words of a text."""
    words = _WORD.findall(text.lower())
    return {" ".join(words[place : place + _RUN]) for place in range(max(1, len(words) - _RUN + 1))}


class Exact:
    """The same text to the letter, but for white space and case."""

    postings = 1

    def __init__(self) -> None:
        self._known = {}

    def like(self, number, text):  # noqa: ANN001, ANN201
        """Return the earlier texts that are like *text*, and keep it."""
        key = " ".join(text.lower().split())
        return [self._known.setdefault(key, number)] if key in self._known else self._known.update({key: number}) or []


class SimHash:
    """Fingerprints of 64 bits over runs of three words, at most three bits apart (Manku et al., 2007)."""

    postings = _TABLES

    def __init__(self) -> None:
        self._tables = [{} for _ in range(_TABLES)]

    def like(self, number, text):  # noqa: ANN001, ANN201
        """Return the earlier texts that are like *text*, and keep it."""
        from hashlib import blake2b

        votes = [0] * _BITS
        for shingle in shingles(text):
            value = int.from_bytes(blake2b(shingle.encode("utf-8", "replace"), digest_size=8).digest(), "big")
            for bit in range(_BITS):
                votes[bit] += 1 if value >> bit & 1 else -1
        print_ = sum(1 << bit for bit, vote in enumerate(votes) if vote > 0)
        width = _BITS // _TABLES
        found = set()
        for place, table in enumerate(self._tables):
            block = table.setdefault(print_ >> place * width & (1 << width) - 1, [])
            found.update(other for other, held in block if (held ^ print_).bit_count() < _TABLES)
            block.append((number, print_))
        return sorted(found)


class Datasketch:
    """MinHash with LSH of datasketch: 128 permutations, similarity from 0.5 on."""

    def __init__(self) -> None:
        from datasketch import MinHashLSH

        self._index = MinHashLSH(threshold=_THRESHOLD, num_perm=_PERMUTATIONS)
        self.postings = self._index.b

    def like(self, number, text):  # noqa: ANN001, ANN201
        """Return the earlier texts that are like *text*, and keep it."""
        from datasketch import MinHash

        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode("utf-8", "replace") for shingle in shingles(text)])
        found = self._index.query(sketch)
        self._index.insert(number, sketch)
        return sorted(found)


class Rensa:
    """MinHash with LSH of rensa: as many permutations and bands as datasketch takes for the same similarity."""

    postings = 25

    def __init__(self) -> None:
        from rensa import RMinHashLSH

        self._sketches = []
        self._index = RMinHashLSH(threshold=_THRESHOLD, num_perm=125, num_bands=self.postings)

    def like(self, number, text):  # noqa: ANN001, ANN201
        """Return the earlier texts that are like *text*, and keep it."""
        from rensa import RMinHash

        sketch = RMinHash(num_perm=125, seed=42)
        sketch.update(sorted(shingles(text)))
        found = [other for other in self._index.query(sketch) if self._sketches[other].jaccard(sketch) >= _THRESHOLD]
        self._index.insert(number, sketch)
        self._sketches.append(sketch)
        return sorted(found)


TOOLS = {"exact": Exact, "simhash": SimHash, "datasketch": Datasketch, "rensa": Rensa}


def main() -> None:
    """Answer for the stream on stdin."""
    rows = [json.loads(line) for line in sys.stdin]
    tool = TOOLS[sys.argv[1]]()
    root = list(range(len(rows)))
    seen_as_new = {}

    def find(number):  # noqa: ANN001, ANN202
        while root[number] != number:
            number = root[number]
        return number

    started = time.process_time()
    for number, row in enumerate(rows):
        near = tool.like(number, row["text"])
        seen_as_new[row["id"]] = not near
        for other in near:
            one, two = sorted((find(number), find(other)))
            root[two] = one
    print(
        json.dumps(
            {
                "story_of": {row["id"]: rows[find(number)]["id"] for number, row in enumerate(rows)},
                "seen_as_new": seen_as_new,
                "seconds": time.process_time() - started,
                "postings": tool.postings * len(rows),
            }
        )
    )


if __name__ == "__main__":
    main()
