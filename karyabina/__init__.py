"""Karyabina: from the workshop to the market, and the proceeds back to the makers."""

__version__ = "0.1.0"
