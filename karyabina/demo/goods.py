"""What the demonstration sells: real goods of real offices; prices, quantities and makers are
made up ("Data contoh")."""

import csv
from dataclasses import dataclass
from pathlib import Path

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
