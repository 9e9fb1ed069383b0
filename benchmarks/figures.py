"""Measured numbers, what each is compared with, and how they are shown."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median

WIDTH = 60


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should reach: its ratio or its value, at least or at most so much."""

    of: str  # "ratio" or "value"
    least: float | None = None
    most: float | None = None

    def reached(self, value: float, ratio: float) -> bool:
        seen = ratio if self.of == "ratio" else value
        above = self.least is None or seen >= self.least
        return above and (self.most is None or seen <= self.most)

    def __str__(self) -> str:
        least = "" if self.least is None else f"≥ {self.least:g}"
        most = "" if self.most is None else f"≤ {self.most:g}"
        return f"{least} {most}".strip()


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `ratio` compares it with `reference`, which `against` names: the median of the
    ratios of single rounds, so that what disturbs a whole round disturbs it less."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None
    against: str = ""
    aim: str = ""
    reached: bool | None = None

    def line(self) -> str:
        """The figure as a row of the table on screen."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}×"
        against = f"{self.against} {shown(self.reference)}" if self.reference is not None else ""
        said = "" if self.reached is None else f"{self.aim} {'yes' if self.reached else 'NO'}"
        return (
            f"  {self.name:{WIDTH}} {shown(self.value):>9} {self.unit:8} {ratio:>7}"
            f"  {against:34} {said}"
        ).rstrip()

    def unjudged(self) -> "Figure":
        """The same where the measurement is too short, or too small, to judge the aim."""
        return replace(self, aim="", reached=None)

    def as_json(self, section: str, machine: str, seed: int) -> str:
        whence = {"section": section, "machine": machine, "seed": seed}
        return json.dumps(asdict(self) | whence, ensure_ascii=False)


HEAD = f"  {'':{WIDTH}} {'value':>9} {'unit':8} {'ratio':>7}  {'against':34} aim"


def shown(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}" if value < 1 else f"{value:.2f}"


def single(name: str, value: float, unit: str, aim: Aim | None = None) -> Figure:
    """A number that stands by itself."""
    value = round(value, 4)
    reached = None if aim is None else aim.reached(value, 0)
    return Figure(name, value, unit, aim="" if aim is None else str(aim), reached=reached)


def compared(
    name: str,
    values: Sequence[float],
    unit: str,
    references: Sequence[float],
    against: str,
    aim: Aim | None = None,
) -> Figure:
    """A number of several rounds beside the reference of the same rounds."""
    value = round(median(values), 4)
    ratio = round(median(v / r for v, r in zip(values, references, strict=True)), 3)
    return Figure(
        name=name,
        value=value,
        unit=unit,
        reference=round(median(references), 4),
        ratio=ratio,
        against=against,
        aim="" if aim is None else str(aim),
        reached=None if aim is None else aim.reached(value, ratio),
    )
