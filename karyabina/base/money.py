"""Whole rupiah: writing them, sharing them, multiplying them. No fractions anywhere.

Amounts are integers (rupiah). A price is whole rupiah per `per` of the product's measure
(pieces, grams, millilitres), so "Rp 35.000 per 500 g" is amount 35_000, per 500.
"""

from collections.abc import Sequence

from django.utils.translation import get_language

MINUS = "\N{MINUS SIGN}"


def number_text(number: int) -> str:
    """A whole number as people write it: 12.450 in Indonesian, 12,450 in English."""
    grouped = f"{abs(number):,}"
    if not (get_language() or "id").startswith("en"):
        grouped = grouped.replace(",", ".")
    return f"{MINUS}{grouped}" if number < 0 else grouped


def rupiah_text(amount: int) -> str:
    """An amount in rupiah: Rp 12.450, and −Rp 5.000 below zero."""
    text = number_text(abs(amount))
    return f"{MINUS}Rp {text}" if amount < 0 else f"Rp {text}"


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights`; the parts are whole and add up exactly.

    Each part is its exact quotient rounded down; the units that are left go one each to the
    largest remainders, ties to whoever stands first (the method of Hare and Hamilton). A weight
    of zero receives nothing. Raises ValueError for a negative total or weight, and when there is
    something to share but nobody to receive it.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("share() needs a total and weights of zero or more")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("share() has something to share and no weight to share it by")
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda n: (-remainders[n], n))
    for n in order[: total - sum(parts)]:
        parts[n] += 1
    return parts


def times_price(quantity: int, amount: int, per: int = 1) -> int:
    """What `quantity` costs at `amount` rupiah per `per`, in whole rupiah, half a rupiah up.

    `quantity` and `per` are in the same measure (pieces, grams or millilitres). Raises ValueError
    for a negative quantity or amount, and for a `per` below one.
    """
    if quantity < 0 or amount < 0 or per < 1:
        raise ValueError("times_price() needs quantity and amount of zero or more, per of one")
    return (2 * quantity * amount + per) // (2 * per)
