"""What the demonstration sells: real goods of real offices; prices, quantities and makers are
made up ("Data contoh")."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Good:
    """One row of `data/goods.csv`: a product with its made-up figures (rupiah, measure units)."""

    office: str
    name: str
    code: str
    measure: str
    price: int
    per: int
    made: int
    cost: int
    life: int | None  # days until it expires
    basis: str
    makers: int
    handed: int
    likes: int  # how often buyers take it, relative to the others

    @property
    def step(self) -> int:
        """The smallest amount that a buyer takes: one piece, or a quarter of a kilogram."""
        return 250 if self.measure == "gram" else 1


def goods() -> list[Good]:
    """All rows, in the order of the file."""
    with (DATA / "goods.csv").open(encoding="utf-8", newline="") as file:
        return [
            Good(
                office=row["office"],
                name=row["product"],
                code=row["code"],
                measure=row["measure"],
                price=int(row["price"]),
                per=int(row["per"]),
                made=int(row["made"]),
                cost=int(row["cost"]),
                life=int(row["life"]) if row["life"] else None,
                basis=row["basis"],
                makers=int(row["makers"]),
                handed=int(row["handed"]),
                likes=int(row["likes"]),
            )
            for row in csv.DictReader(file)
        ]


def demo_key(at: datetime, *words: object) -> UUID:
    """A UUIDv7 that is the same in every run, so that playing the day twice books it once."""
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000)
    noise = int.from_bytes(sha256("|".join(map(str, words)).encode()).digest()[:10], "big")
    value = milliseconds << 80 | 0x7 << 76 | (noise >> 62 & 0xFFF) << 64 | 0b10 << 62
    return UUID(int=value | noise & (1 << 62) - 1)
