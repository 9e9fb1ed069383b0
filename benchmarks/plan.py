"""What can be measured, how hard, and how long it takes: known before Django is."""

from dataclasses import dataclass

SECTIONS = {
    "sales": "sales one at a time",
    "batches": "sales in batches of 100",
    "questions": "questions to books of each size",
    "verify": "karya verify on books of each size",
    "growth": "the same sale in books of each size",
    "journals": "all balances, against hledger and beancount",
}


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to measure."""

    rounds: int
    seconds: float  # of one measurement in one round
    clients: tuple[int, ...]
    sizes: tuple[int, ...]  # movements in the books
    entries: int  # of the journal
    asked: int  # times that a question is asked

    @property
    def quick(self) -> bool:
        return self.asked < 50

    def minutes(self, section: str, vendor: str) -> str:
        """About how long a section takes on two cores, books that it fills included."""
        if self.quick:
            return "a few seconds"
        each = self.rounds * self.seconds * 1.2 / 60
        counts = len(self.clients) if vendor == "postgresql" else 2
        filling = 5 if vendor == "postgresql" else 6
        about = {
            "sales": 8 * counts * each,
            "batches": 7 * counts * each,
            "questions": filling + 2,
            "verify": 2,
            "growth": 4 * (len(self.sizes) + 1) * each,
            "journals": 8,
        }[section]
        return f"about {about:.0f} minutes"


FULL = Effort(
    rounds=12,
    seconds=1.0,
    clients=(1, 4, 8),
    sizes=(10_000, 1_000_000, 10_000_000),
    entries=100_000,
    asked=200,
)
QUICK = Effort(
    rounds=1,
    seconds=0.2,
    clients=(4,),
    sizes=(10_000, 50_000),
    entries=1_000,
    asked=10,
)
