"""The arithmetic of sharing: from pieces sold to each maker's premi, exact to the rupiah.

Nothing here asks the database or the clock: the same sales give the same shares, in whatever
order they were made. Reasons: docs/decisions/0020-settlement-arithmetic.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from karyabina.base.money import share
from karyabina.schemes.models import Scheme
from karyabina.schemes.queries import split, usable_of
from karyabina.stock.models import Lot
from karyabina.workshop.models import Work


def cost_of(lot: Lot, pieces: int) -> int:
    """What the first `pieces` of a lot cost together, in rupiah, rounded down.

    Taken as a running total, so that the parts of several settlements add up exactly to the
    cost of the lot once all of it is sold.
    """
    return lot.cost * pieces // lot.quantity


def weight_of(scheme: Scheme, turnover: int, cost: int) -> int:
    """By what a lot takes part in the premi of its office: its profit or its turnover, if any."""
    return max(turnover - cost if scheme.base == Scheme.Base.PROFIT else turnover, 0)


@dataclass(frozen=True)
class Sold:
    """What of one lot waits to be shared. Pieces (or grams, millilitres) and rupiah."""

    lot: Lot
    works: tuple[Work, ...]  # of the production that made the lot, by the makers' codes
    before: int  # pieces shared by earlier settlements, less those refunded
    sold: int
    refunded: int
    takings: int
    given_back: int

    @property
    def quantity(self) -> int:
        return self.sold - self.refunded

    @property
    def turnover(self) -> int:
        return self.takings - self.given_back

    @property
    def cost_before(self) -> int:
        return cost_of(self.lot, self.before)

    @property
    def after(self) -> int:
        """Pieces shared in all, this time included."""
        return self.before + self.quantity

    @property
    def cost_after(self) -> int:
        return cost_of(self.lot, self.after)

    @property
    def cost(self) -> int:
        return self.cost_after - self.cost_before

    @property
    def profit(self) -> int:
        """Below zero where the goods brought less than their material."""
        return self.turnover - self.cost


@dataclass(frozen=True)
class MakerShare:
    """What one maker gets of one lot's premi: `work.amount` of `whole` minutes or pieces."""

    work: Work
    whole: int
    saved: int
    usable: int

    @property
    def amount(self) -> int:
        return self.saved + self.usable


@dataclass(frozen=True)
class LotShare:
    """What one lot brought, and the premi that falls to it: `weight` of the sum of weights."""

    sold: Sold
    weight: int
    premi: int
    makers: tuple[MakerShare, ...]

    @property
    def lacks_works(self) -> bool:
        """There is premi and nobody is recorded as having made the lot."""
        return self.premi > 0 and not self.makers


@dataclass(frozen=True)
class Shares:
    """The proceeds of an office, shared: premi + capital + state = turnover. Rupiah."""

    scheme: Scheme
    turnover: int
    cost: int
    profit: int
    premi: int
    capital: int
    state: int
    lots: tuple[LotShare, ...]

    @property
    def shared(self) -> int:
        """What the parts of the scheme are taken of."""
        return self.profit if self.scheme.base == Scheme.Base.PROFIT else self.turnover

    @property
    def cost_back(self) -> int:
        """What the capital gets before anything is shared: the material, or all in a loss."""
        return self.turnover - self.shared

    @property
    def capital_share(self) -> int:
        return self.capital - self.cost_back

    @property
    def weights(self) -> int:
        return sum(lot.weight for lot in self.lots)


def among_makers(scheme: Scheme, premi: int, works: Sequence[Work]) -> tuple[MakerShare, ...]:
    """Share one lot's premi by minutes or pieces; of each part at most `usable_part` is usable.

    Ties of the largest remainder go to the maker whose code stands first.
    """
    if not premi or not works:
        return ()
    ordered = sorted(works, key=lambda work: work.maker.code)
    whole = sum(work.amount for work in ordered)
    parts = share(premi, [work.amount for work in ordered])
    return tuple(
        MakerShare(work, whole, part - usable_of(scheme, part), usable_of(scheme, part))
        for work, part in zip(ordered, parts, strict=True)
    )


def shares(scheme: Scheme, sold: Sequence[Sold]) -> Shares:
    """Share what these lots brought, which must be more than nothing, as the scheme says.

    A loss leaves no premi and nothing for the state; what came in goes to the working capital.
    Where refunds brought back pieces that an earlier settlement had paid for (cost below zero),
    the profit is what came in and no more: nothing is shared that is not there.
    """
    lots = sorted(sold, key=lambda one: one.lot.code)
    turnover = sum(one.turnover for one in lots)
    cost = sum(one.cost for one in lots)
    parts = split(scheme, turnover, max(cost, 0))
    weights = [weight_of(scheme, one.turnover, one.cost) for one in lots]
    premi = share(parts.premi, weights)
    return Shares(
        scheme=scheme,
        turnover=turnover,
        cost=cost,
        profit=parts.profit,
        premi=parts.premi,
        capital=parts.capital,
        state=parts.state,
        lots=tuple(
            LotShare(one, weight, part, among_makers(scheme, part, one.works))
            for one, weight, part in zip(lots, weights, premi, strict=True)
        ),
    )
