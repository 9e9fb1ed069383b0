"""Eight writers at once: what they draw from a seed, what they were told, whether it is so."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

from django.db import connection

from karyabina.base.keys import new_key
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as books
from karyabina.ledger import verify
from karyabina.ledger.actions import Posting
from karyabina.ledger.models import Entry, Move, Movement
from karyabina.ledger.tests.make import AT, CHIPS, MELON, person

WRITERS = 8
HOT, SPREAD = 2, 40  # stands that the writers share
FEW = 30  # pieces at each, so that they run out now and then


def race(act: Callable[[int], object], writers: int = WRITERS) -> list[object]:
    """Let eight people act at the same moment, each on a connection of their own.

    Returns what each got: a result, or the exception."""
    results: list[object] = [None] * writers
    start = threading.Barrier(writers)

    def one(number: int) -> None:
        try:
            start.wait()
            results[number] = act(number)
        except Exception as error:  # noqa: BLE001 (it is a result of the race)
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    return results


def fill(stands: int) -> None:
    """So many stands with a drawer and a few pieces of two lots each."""
    homes = {f"{place}:N{n:02d}": "NTT" for n in range(stands) for place in ("stand", "cash")}
    ledger.open_accounts(homes=homes, at=AT)
    ledger.post_all(
        by=person(),
        postings=[
            Posting(
                key=new_key(),
                kind="production",
                occurred_at=AT,
                request={"stand": n},
                moves=[
                    Move("outside:workshop", f"stand:N{n:02d}", lot, FEW) for lot in (CHIPS, MELON)
                ],
            )
            for n in range(stands)
        ],
    )


@dataclass
class Writer:
    """Somebody who sells and carries goods about; remembers what the books acknowledged."""

    seed: int
    number: int
    stands: int

    def __post_init__(self) -> None:
        self.draw = random.Random(f"{self.seed} {self.number}")
        self.acknowledged: dict[UUID, Posting] = {}
        self.said: Counter[str] = Counter()

    def posting(self) -> Posting:
        """A sale of one or two lots with its claim, or goods from one stand to another."""
        first, second = self.draw.sample(range(self.stands), 2)
        lots = self.draw.sample((CHIPS, MELON), self.draw.randint(1, 2))
        pieces = self.draw.randint(1, 3)
        if self.draw.random() < 0.3:
            moves = [Move(f"stand:N{first:02d}", f"stand:N{second:02d}", x, pieces) for x in lots]
        else:
            price = self.draw.randrange(5_000, 50_000, 500)
            moves = [
                *(Move(f"stand:N{first:02d}", "outside:buyer", lot, pieces) for lot in lots),
                Move("outside:buyer", f"cash:N{first:02d}", "IDR", price),
                Move("owed:NTT", "due:KFM", "IDR", price),
            ]
        request = {"by": self.number, "pieces": pieces, "first": first, "second": second}
        return Posting(new_key(), "sale", AT, request, moves)

    def opposite(self, how_many: int) -> list[Posting]:
        """Several, of which every second writer does the last first."""
        found = [self.posting() for _ in range(how_many)]
        found.sort(key=lambda posting: posting.moves[0].source, reverse=bool(self.number % 2))
        return found

    def keep(self, results: Iterable[tuple[Posting, object]]) -> None:
        for posting, result in results:
            self.said[type(result).__name__] += 1
            if isinstance(result, Entry):
                self.acknowledged[posting.key] = posting

    def post(self, posting: Posting) -> None:
        try:
            self.keep([(posting, ledger.post(by=person(), **as_words(posting)))])
        except ledger.NotEnough as no:
            self.keep([(posting, no)])

    def post_all(self, postings: list[Posting]) -> None:
        try:
            entries = ledger.post_all(by=person(), postings=postings)
        except ledger.NotEnough:
            self.said["batch refused"] += 1
        else:
            self.keep(zip(postings, entries, strict=True))

    def post_each(self, postings: list[Posting]) -> None:
        results = ledger.post_each(by=person(), postings=postings)
        self.keep(zip(postings, results, strict=True))


def as_words(posting: Posting) -> dict[str, object]:
    return {name: getattr(posting, name) for name in Posting.__dataclass_fields__}


def other_words(posting: Posting) -> Posting:
    """The same key and request, in which the movements do not count any more."""
    return replace(posting, moves=posting.moves[:1])


# --- afterwards ----------------------------------------------------------------------------------
def whole(results: list[object]) -> list[Writer]:
    """All writers came to their end without an error of any kind."""
    assert all(isinstance(result, Writer) for result in results), results
    return results  # type: ignore[return-value]


def faults(*, seals: bool = False) -> list[verify.Finding]:
    found = verify.run(of="karyabina.ledger", seals=seals)
    return [finding for finding in found if finding.faults]


def entries_in_order() -> Iterator[tuple[Entry, list[Movement]]]:
    found = Movement.objects.select_related("entry", "source", "target", "unit")
    ordered = found.order_by("recorded_at", "entry_id", "n")
    for _key, group in groupby(ordered.iterator(), key=lambda m: m.entry_id):
        lines = list(group)
        yield lines[0].entry, lines


def never_below_zero() -> dict[tuple[str, str], int]:
    """Adds all movements up by `recorded_at`: no holding or claim is ever below zero, and no two
    entries of one account bear the same time. Returns what is held at the end."""
    held: Counter[tuple[str, str]] = Counter()
    seen: dict[str, object] = {}
    classes: dict[str, str] = {}
    for entry, lines in entries_in_order():
        touched = set()
        for line in lines:
            for account, amount in ((line.source, -line.amount), (line.target, line.amount)):
                if account.cls != "outside":
                    classes[account.code] = account.cls
                    held[account.code, line.unit.code] += amount
                    touched.add((account.code, line.unit.code))
        for code, unit in touched:
            assert classes[code] not in ("holding", "claim") or held[code, unit] >= 0, (
                f"{code} held {held[code, unit]} {unit} after {entry.pk}"
            )
        for code in {code for code, _unit in touched}:
            assert code not in seen or seen[code] < entry.recorded_at, (code, entry.pk)
            seen[code] = entry.recorded_at
    return {pair: amount for pair, amount in held.items() if amount}


def sound(writers: list[Writer], filled: int) -> None:
    """What was acknowledged is in the books, once, and nothing else; and they are right."""
    asked = {key: posting for writer in writers for key, posting in writer.acknowledged.items()}
    there = dict(Entry.objects.filter(kind="sale").values_list("pk", "size"))
    assert there == {key: len(posting.moves) for key, posting in asked.items()}
    held: Counter[tuple[str, str]] = Counter(
        {(f"stand:N{n:02d}", lot): FEW for n in range(filled) for lot in (CHIPS, MELON)}
    )
    for posting in asked.values():
        for move in posting.moves:
            held[move.source, move.unit] -= move.amount
            held[move.target, move.unit] += move.amount
    wanted = {pair: n for pair, n in held.items() if n and not pair[0].startswith("outside:")}
    assert books.balances() == wanted == never_below_zero()
    assert faults() == []
