"""What a cashier does: open a shift, sell, refund, count and close.

Each holds the rows it decides on before it looks: the stand (nobody else sells its last piece
meanwhile), then the shift (nobody closes it meanwhile).
"""

from karyabina.till.actions.refunds import Back, refund
from karyabina.till.actions.sales import Want, sell
from karyabina.till.actions.shifts import close_shift, open_shift

__all__ = ["Back", "Want", "close_shift", "open_shift", "refund", "sell"]
