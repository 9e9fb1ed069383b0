"""What people do with consignments: send goods out and home again, and take them in."""

from karyabina.consignment.actions.arriving import Counted, clear, receive, turn_back
from karyabina.consignment.actions.sending import Piece, cancel, despatch, offer, send_back

__all__ = (
    "Counted",
    "Piece",
    "cancel",
    "clear",
    "despatch",
    "offer",
    "receive",
    "send_back",
    "turn_back",
)
