"""The checks that need no test: `python -m tools.check`, called by ./run check.

Each is one program; mypy, the slowest, runs beside the others. Exit 1 if one of them fails.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable


@dataclass(frozen=True)
class Check:
    """One program to run, and how to say in a few words what it holds."""

    name: str
    command: tuple[str, ...]
    demo: bool = False


SLOWEST = Check("types (mypy)", (PYTHON, "-m", "mypy"), demo=True)
OTHERS = (
    Check("style (ruff check)", (PYTHON, "-m", "ruff", "check", ".")),
    Check("form (ruff format)", (PYTHON, "-m", "ruff", "format", "--check", ".")),
    Check(
        "rooms and floors (import-linter)",
        (PYTHON, "-c", "from importlinter.cli import lint_imports_command as c; c()"),
    ),
    Check("shell", ("sh", "-n", "run")),
    Check("shell of the tests", ("sh", "-n", "tools/test.sh")),
    Check("translations", (PYTHON, "-m", "tools.translations")),
    Check(
        "models have their migrations",
        (PYTHON, "-m", "karyabina", "makemigrations", "--check", "--dry-run"),
        demo=True,
    ),
    Check(
        "settings of a real installation",
        (PYTHON, "-m", "karyabina", "check", "--fail-level", "WARNING"),
    ),
)


def run(check: Check, data: str) -> tuple[Check, int, str, float]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KARYABINA_")}
    environment |= {"KARYABINA_DATA": data, "KARYABINA_SECRET_KEY": "only-for-checks"}
    if check.demo:
        environment["KARYABINA_DEMO"] = "1"
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return check, done.returncode, done.stdout, time.monotonic() - started


def main() -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as data, ThreadPoolExecutor(2) as pool:
        slow = pool.submit(run, SLOWEST, data)
        rest = [pool.submit(run, check, data) for check in OTHERS]
        for future in [*rest, slow]:
            check, status, output, seconds = future.result()
            print(f"{'ok    ' if status == 0 else 'FAILED'} {check.name} ({seconds:.1f} s)")
            if status != 0:
                failed += 1
                print(output.rstrip(), end="\n\n", flush=True)
    passed = len(OTHERS) + 1 - failed
    counts = os.environ.get("KARYABINA_COUNTS")
    if counts:
        Path(counts).write_text(json.dumps({"passed": passed, "failed": failed}))
    print(f"Checks: {passed} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
