"""The growth of the network in words: of counts already protected, so nobody is counted here."""

from __future__ import annotations

import pandas as pd

from analysis import french
from analysis.secrecy import OBSERVED


def growth_sentence(frame: pd.DataFrame) -> str:
    """How many are there now, and how it came. `frame`: what `analysis.network.growth` gives, already protected for an audience."""
    seen = frame[frame["status"] == OBSERVED]
    if seen.empty:
        return "Le réseau n'a pas encore d'effectif qui puisse être montré."
    last = seen.iloc[-1]
    head = f"{french.quantity(last['present'], 'membres présents')} au {french.date(last['period'])}"
    if (frame["flow_status"] != OBSERVED).any():
        return f"{head}{french.NNBSP}; les arrivées et les départs sont trop peu nombreux pour être montrés chaque année."
    moves = frame[["arrivals", "departures"]].sum()
    return (
        f"{head}{french.NNBSP}; {french.quantity(moves['arrivals'], 'arrivées')} et "
        f"{french.quantity(moves['departures'], 'départs')} depuis {frame.iloc[0]['period'][:4]}."
    )
