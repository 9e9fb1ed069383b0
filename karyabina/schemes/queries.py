"""Which scheme is in force, and what it makes of a turnover."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from karyabina.base.money import share
from karyabina.base.refusal import Refusal
from karyabina.offices.models import Office
from karyabina.schemes.models import WHOLE, Scheme, percent


class NoScheme(Refusal):
    message = _(
        "Belum ada skema bagi hasil yang berlaku pada hari itu. Bagi hasil tidak dihitung; "
        "tetapkan skema dahulu."
    )


@dataclass(frozen=True)
class Split:
    """What becomes of a turnover, in whole rupiah: premi + capital + state = turnover."""

    turnover: int
    cost: int
    profit: int
    premi: int
    capital: int
    state: int
    cost_back: int  # the part of `capital` that is no share: material, or all there is in a loss


def split(scheme: Scheme, turnover: int, cost: int) -> Split:
    """Split `turnover` (rupiah) of goods that cost `cost` as the scheme says, to the rupiah.

    Base profit: the profit is shared; what was spent on material goes back to the working
    capital, and so does everything when there is no profit. Base turnover: all of it is shared,
    whatever the cost. Parts are rounded by the largest remainder. Raises ValueError for amounts
    below zero.
    """
    if turnover < 0 or cost < 0:
        raise ValueError("split() needs a turnover and a cost of zero or more")
    profit = max(turnover - cost, 0)
    shared = profit if scheme.base == Scheme.Base.PROFIT else turnover
    parts = (scheme.premi_part, scheme.capital_part, scheme.state_part)
    premi, capital, state = share(shared, parts)
    return Split(
        turnover=turnover,
        cost=cost,
        profit=profit,
        premi=premi,
        capital=capital + turnover - shared,
        state=state,
        cost_back=turnover - shared,
    )


def usable_of(scheme: Scheme, premi: int) -> int:
    """What of a maker's premi may be used inside, in rupiah, rounded down; the rest is saved."""
    return premi * scheme.usable_part // WHOLE


def scheme_for(office: Office, day: date) -> Scheme:
    """The scheme in force at an office on a day: its own newest one, else the general one.

    Refuses NoScheme when there is neither. One query.
    """
    found = (
        Scheme.objects.filter(Q(office=office) | Q(office=None), from_date__lte=day)
        .order_by(F("office").desc(nulls_last=True), "-from_date")
        .first()
    )
    if found is None:
        raise NoScheme
    return found


@dataclass(frozen=True)
class Version:
    """A scheme as one row of its office's history, and whether it is in force on the day asked."""

    scheme: Scheme
    in_force: bool
    future: bool


def history(day: date, offices: "list[Office] | None" = None) -> list[Version]:
    """The general schemes and those of the given offices, newest first within each: one query.

    The general ones come first. `in_force` marks each office's newest version not after `day`.
    """
    rows = Scheme.objects.select_related("office", "set_by").order_by(
        F("office__path").asc(nulls_first=True), "-from_date"
    )
    if offices is not None:
        rows = rows.filter(Q(office=None) | Q(office__in=offices))
    versions: list[Version] = []
    decided: set[object] = set()
    for row in rows:
        future = row.from_date > day
        in_force = not future and row.office_id not in decided
        if in_force:
            decided.add(row.office_id)
        versions.append(Version(row, in_force, future))
    return versions


EXAMPLE_TURNOVER, EXAMPLE_COST = 1_000_000, 600_000  # rupiah


@dataclass(frozen=True)
class Part:
    """One part of a split: its dye, its name, its width and place in basis points, its rupiah."""

    dye: str
    name: str | Promise
    width: int
    left: int
    amount: int

    @property
    def percent(self) -> str:
        return percent(self.width)


@dataclass(frozen=True)
class InForce:
    """A scheme that is in force today, for whom, and what it makes of the example's sums."""

    scheme: Scheme
    offices: list[Office]  # whose scheme it is today
    example: Split

    @property
    def usable(self) -> int:
        return usable_of(self.scheme, self.example.premi)

    @property
    def saved(self) -> int:
        return self.example.premi - self.usable

    @property
    def parts(self) -> list[Part]:
        """The three parts as they are drawn and listed, the makers' first."""
        scheme, example = self.scheme, self.example
        return [
            Part("a", _("Peserta (premi)"), scheme.premi_part, 0, example.premi),
            Part(
                "c",
                _("Modal kerja"),
                scheme.capital_part,
                scheme.premi_part,
                example.capital - example.cost_back,
            ),
            Part(
                "b",
                _("Negara (PNBP)"),
                scheme.state_part,
                WHOLE - scheme.state_part,
                example.state,
            ),
        ]


def in_force(versions: list[Version], offices: list[Office]) -> list[InForce]:
    """From `history`: each scheme in force, the general one first, with the offices it rules."""
    now = [version.scheme for version in versions if version.in_force]
    own = {scheme.office_id for scheme in now if scheme.office_id}
    found = []
    for scheme in now:
        if scheme.office_id:
            ruled = [office for office in offices if office.pk == scheme.office_id]
        else:
            ruled = [office for office in offices if office.pk not in own]
        found.append(InForce(scheme, ruled, split(scheme, EXAMPLE_TURNOVER, EXAMPLE_COST)))
    return found
