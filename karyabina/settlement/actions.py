"""Posting a settlement: an office shares its proceeds between state, prison and makers."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from karyabina.base.money import number_text, rupiah_text
from karyabina.base.refusal import Refusal
from karyabina.base.times import moment_text
from karyabina.festivals.models import Festival
from karyabina.ledger import actions as ledger
from karyabina.ledger import queries as ledger_queries
from karyabina.ledger.models import LONGEST, RUPIAH
from karyabina.offices.models import Office
from karyabina.settlement import queries
from karyabina.settlement.models import (
    LotResult,
    Premi,
    SettledRefund,
    SettledSale,
    Settlement,
)
from karyabina.settlement.queries import Preview
from karyabina.settlement.shares import Shares
from karyabina.staff.models import Staff


class NothingToSettle(Refusal):
    """No sale waits, or what was refunded since outweighs what was sold since."""

    def __init__(self, waiting: int = 0) -> None:
        if waiting < 0:
            super().__init__(
                _(
                    "Pengembalian uang sesudah bagi hasil terakhir (%(refunded)s lebih banyak "
                    "daripada penjualan) menunggu penjualan berikutnya. Tidak ada yang dibukukan."
                )
                % {"refunded": rupiah_text(-waiting)}
            )
        else:
            super().__init__(
                _(
                    "Tidak ada penjualan kantor ini di festival itu yang menunggu bagi hasil. "
                    "Tidak ada yang dibukukan."
                )
            )


class AlreadySettled(Refusal):
    """Everything was shared by an earlier settlement: `settlement`."""

    def __init__(self, settlement: Settlement) -> None:
        self.settlement = settlement
        super().__init__(
            _(
                "Bagi hasil ini sudah dibukukan oleh %(who)s pada %(when)s. "
                "Tidak ada yang dibukukan lagi."
            )
            % {
                "who": settlement.by.name,
                "when": moment_text(settlement.at, settlement.office.time_zone),
            }
        )


class SalesHaveChanged(Refusal):
    message = _(
        "Sejak halaman ini dibuka ada penjualan, pengembalian uang, atau bagi hasil lain. Belum "
        "ada yang dibukukan. Periksa angka yang baru, lalu bukukan."
    )


class NobodyMadeThisLot(Refusal):
    """Premi falls to a lot without a record of who made it."""

    def __init__(self, lot: str) -> None:
        super().__init__(
            _(
                "Tidak tercatat siapa yang membuat lot %(lot)s, sehingga preminya tidak dapat "
                "dibagi. Tidak ada yang dibukukan. Lengkapi dahulu produksinya."
            )
            % {"lot": lot}
        )


class TooManyMakers(Refusal):
    """One entry of the ledger cannot carry so many shares."""

    def __init__(self, movements: int) -> None:
        super().__init__(
            _(
                "Bagi hasil ini terbagi atas %(parts)s bagian; satu catatan memuat paling banyak "
                "%(most)s. Tidak ada yang dibukukan. Hubungi administrator."
            )
            % {"parts": number_text(movements), "most": number_text(LONGEST)}
        )


def settle(
    *,
    key: UUID,
    office: Office,
    festival: Festival,
    by: Staff,
    at: datetime,
    seen: str | None = None,
) -> Settlement:
    """An office shares what its goods brought at a festival: the office now owes it to the
    makers, its own working capital and the state.

    `seen` is the fingerprint of the preview that the treasurer looked at: only exactly that is
    posted. Without it, whatever waits is. All waiting lines under one scheme are shared together,
    the earliest day of sale first; each line is shared once. The same key again returns the
    same settlement.

    Refuses SalesHaveChanged, AlreadySettled, NothingToSettle, NobodyMadeThisLot, TooManyMakers,
    and NoScheme of the room schemes. Amounts in rupiah, exact; see shares.py.
    """
    request = {"office": office.code, "festival": festival.code, "seen": seen}
    with transaction.atomic():
        # One settlement of an office at a time: the cost of a lot is a running total.
        Office.objects.select_for_update(no_key=True).get(pk=office.pk)
        if ledger_queries.find(key=key, kind="settlement", request=request):
            return Settlement.objects.get(pk=key)
        preview = queries.preview(office, festival)
        shares = _guard(preview, seen)
        moves = _moves(office, shares)
        if len(moves) > LONGEST:
            raise TooManyMakers(len(moves))
        accounts = {f"owed:{office.code}"} | {move.target for move in moves}
        ledger.open_accounts(homes=dict.fromkeys(sorted(accounts), office.code), at=at)
        entry = ledger.post(
            key=key, kind="settlement", by=by, occurred_at=at, request=request, moves=moves
        )
        settlement = Settlement(
            entry=entry,
            office=office,
            festival=festival,
            scheme=shares.scheme,
            turnover=shares.turnover,
            cost=shares.cost,
            profit=shares.profit,
            premi=shares.premi,
            capital=shares.capital,
            state=shares.state,
            at=at,
            by=by,
        )
        _explain(settlement, preview, shares)
        settlement.save(force_insert=True)
    return settlement


def _guard(preview: Preview, seen: str | None) -> Shares:
    """What may be posted now, or why nothing may."""
    shares = preview.shares
    if shares is None:
        before = queries.settlements(preview.office, preview.festival).first()
        if before is not None and not preview.waiting:
            raise AlreadySettled(before)
        raise NothingToSettle(sum(group.turnover for group in preview.waiting))
    if seen is not None and seen != preview.fingerprint:
        raise SalesHaveChanged
    for lot in shares.lots:
        if lot.lacks_works:
            raise NobodyMadeThisLot(lot.sold.lot.code)
    return shares


def _moves(office: Office, shares: Shares) -> list[ledger.Move]:
    """The movements of the entry, one an account, by their codes; what is nothing is left out."""
    sums: dict[str, int] = defaultdict(int)
    sums[f"capital:{office.code}"] = shares.capital
    sums[f"state:{office.code}:{shares.scheme.state_account}"] = shares.state
    for lot in shares.lots:
        for part in lot.makers:
            account = f"premi:{office.code}:{part.work.maker.code}"
            sums[f"{account}:saved"] += part.saved
            sums[f"{account}:usable"] += part.usable
    return [
        ledger.Move(f"owed:{office.code}", account, RUPIAH, amount)
        for account, amount in sorted(sums.items())
        if amount
    ]


def _explain(settlement: Settlement, preview: Preview, shares: Shares) -> None:
    """Write down what was shared and how it came out: the rows that explain the entry. The
    settlement's own row comes last and seals them, as a lot's result seals its premi lines."""
    SettledSale.objects.bulk_create(
        (SettledSale(settlement=settlement, line_id=line) for line in preview.sales),
        batch_size=500,
    )
    SettledRefund.objects.bulk_create(
        (SettledRefund(settlement=settlement, line_id=line) for line in preview.refunds),
        batch_size=500,
    )
    results = {
        part.sold.lot.pk: LotResult(
            settlement=settlement,
            lot=part.sold.lot,
            quantity=part.sold.quantity,
            turnover=part.sold.turnover,
            cost=part.sold.cost,
            premi=part.premi,
        )
        for part in shares.lots
    }
    Premi.objects.bulk_create(
        (
            Premi(
                result=results[part.sold.lot.pk],
                maker=share.work.maker,
                work=share.work,
                saved=share.saved,
                usable=share.usable,
            )
            for part in shares.lots
            for share in part.makers
        ),
        batch_size=500,
    )
    LotResult.objects.bulk_create(results.values(), batch_size=500)
