"""Add up the parts of ./run test: `python -m tools.tally FAILED FOLDER PART...`.

Prints a line for each part and, last, the sum. Fails if a part failed, left no counts (it broke
down before its end), or if no test ran at all.
"""

import json
import sys
from pathlib import Path


def counted(file: Path) -> tuple[int, int, int] | None:
    """(passed, failed, skipped) of a part, or nothing if it did not come to its end."""
    if not file.exists():
        return None
    counts = json.loads(file.read_text())
    return (
        counts.get("passed", 0) + counts.get("xfailed", 0),
        counts.get("failed", 0) + counts.get("error", 0),
        counts.get("skipped", 0),
    )


def main(part_failed: str, folder: str, *parts: str) -> int:
    sums = [0, 0, 0]
    tests = 0
    broken = part_failed == "yes"
    for part in parts:
        counts = counted(Path(folder) / f"{part}.json")
        if counts is None:
            print(f"{part}: broke down before its end")
            broken = True
            sums[1] += 1
            continue
        print("{}: {} passed, {} failed, {} skipped".format(part, *counts))
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        tests += 0 if part == "checks" else sum(counts[:2])
    if not tests:
        print("No test ran.")
    print("{} passed, {} failed, {} skipped".format(*sums))
    return int(broken or bool(sums[1]) or not tests)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
