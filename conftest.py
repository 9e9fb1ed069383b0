"""What all tests share: a printed seed, hypothesis profiles, the words of both languages, guards
that let a flush through."""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Verbosity

from tools.prepare import compile_translations

SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
hypothesis.settings.register_profile(
    "dev", max_examples=25, deadline=None, suppress_health_check=SLOW
)
hypothesis.settings.register_profile(
    "ci", max_examples=50, deadline=None, suppress_health_check=SLOW, print_blob=True, database=None
)
hypothesis.settings.register_profile(
    "drill",
    max_examples=int(os.environ.get("KARYABINA_EXAMPLES", "1000")),
    deadline=None,
    suppress_health_check=SLOW,
    print_blob=True,
    verbosity=Verbosity.normal,
)


def pytest_configure(config: pytest.Config) -> None:
    """One seed for the whole run: given as KARYABINA_SEED or drawn, printed, and inherited."""
    seed = os.environ.setdefault("KARYABINA_SEED", str(random.SystemRandom().randrange(2**31)))
    if not seed.isdecimal():
        raise pytest.UsageError(f"KARYABINA_SEED must be a whole number, not {seed!r}")
    profile = os.environ.get("KARYABINA_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
    hypothesis.settings.load_profile(profile)
    if config.getoption("hypothesis_seed", None) is None:
        hypothesis.core.global_force_seed = int(seed)
    if not hasattr(config, "workerinput"):  # once, before the workers start
        compile_translations()


def pytest_report_header() -> str:
    seed = os.environ["KARYABINA_SEED"]
    profile = hypothesis.settings.get_current_profile_name()
    return f"seed: {seed} (KARYABINA_SEED={seed} repeats it), profile: {profile}"


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name a test after the argument where the value is a file: its bytes differ by the second,
    and two workers must collect the same names."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Races and tests that draw their cases are marked, so that a drill can pick them."""
    for item in items:
        if item.path.name == "test_races.py":
            item.add_marker(pytest.mark.race)
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.seeded)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the counts for ./run test, which adds its parts up."""
    target = os.environ.get("KARYABINA_COUNTS")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not target or reporter is None or hasattr(session.config, "workerinput"):
        return
    counted = {
        outcome: sum(
            getattr(report, "count_towards_summary", True)
            for report in reporter.stats.get(outcome, [])
        )
        for outcome in ("passed", "failed", "error", "skipped", "xfailed")
    }
    Path(target).write_text(json.dumps(counted))


@pytest.fixture(scope="session", autouse=True)
def flush_past_the_guards() -> Iterator[None]:
    """Let Django empty the tables after a test that commits.

    `TransactionTestCase` and `live_server` flush the database, which append-only triggers rightly
    refuse. Only that flush runs with the guards lifted; they are back before the next test.
    """
    from django.test import TransactionTestCase

    from karyabina.base import guards

    flush = TransactionTestCase._fixture_teardown

    def lifted_flush(self: TransactionTestCase) -> None:
        with guards.lifted(), pytest.MonkeyPatch.context() as meanwhile:
            # A flush remakes no table: that every room's guards are made again, once a room,
            # is what most of its time would go into.
            meanwhile.setattr(guards, "install", lambda using="default": None)
            flush(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lifted_flush)
        yield


@pytest.fixture
def seed() -> int:
    """The seed of this run, for tests that draw their own numbers."""
    return int(os.environ["KARYABINA_SEED"])
