"""The same sale in books with ten thousand, a million and ten million movements, interleaved."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from benchmarks.figures import Aim, Figure, compared
from benchmarks.ledger import books as databases
from benchmarks.ledger.books import Books
from benchmarks.ledger.clients import Crew, Load
from benchmarks.ledger.sales import UNIT, clients_of, said
from benchmarks.plan import Effort

AIM = Aim("ratio", least=0.8)
SMALL = 100_000  # movements


def measure(filled: Mapping[int, Books], effort: Effort, seed: int) -> Iterator[Figure]:
    for many in clients_of(effort)[: 1 if effort.quick else 2]:
        for load in (Load("bare"),) if effort.quick else (Load("bare"), Load("action")):
            found = _rounds(filled, load, many, effort, seed)
            smallest = min(filled)
            for size in filled:
                if size != smallest:
                    yield compared(
                        f"{said(many)}, {load.way}, {size:,} movements",
                        found[size],
                        UNIT,
                        found[smallest],
                        f"with {smallest:,}",
                        AIM,
                    )


def _rounds(
    filled: Mapping[int, Books], load: Load, many: int, effort: Effort, seed: int
) -> dict[int, list[float]]:
    """Small books would soon be twice their size: each round has a copy of its own."""
    found: dict[int, list[float]] = {size: [] for size in filled}
    with ExitStack() as stack:
        crews = {
            size: stack.enter_context(Crew(books, load, many, seed))
            for size, books in filled.items()
            if size > SMALL
        }
        for _round in range(effort.rounds):
            for size, books in filled.items():
                if size in crews:
                    found[size].append(crews[size].sell(effort.seconds))
                    continue
                fresh = databases.copy(books, "grown")
                databases.settle(fresh)
                with Crew(fresh, load, many, seed) as crew:
                    found[size].append(crew.sell(effort.seconds))
    return found
