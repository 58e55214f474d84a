"""The command line of what is kept: `python -m data export`. A door, like `app.py`: it may ask every room, and holds no logic.

::

    python -m data export [--format csv|parquet] [--indicator ID] [--audience public|elu|animateur]
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence

from analysis.calendar import network_periods
from analysis.desk import make_desk
from analysis.export import long_table, to_csv
from analysis.model import Audience
from data.opening import REFUSALS, first_year, open_house, read_all
from data.terminal import Parser, day, leave


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all went well, 1 when it was refused (the reason on standard error), 2 for misuse."""
    parser = Parser(prog="python -m data", description="Zevillage : les chiffres, en un long tableau.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="commande")
    export = commands.add_parser("export", help="écrire les chiffres sur la sortie standard")
    export.add_argument("--format", choices=["csv", "parquet"], default="csv")
    export.add_argument("--indicator", metavar="ID", help="un seul indicateur du catalogue")
    export.add_argument(
        "--audience", choices=[a.value for a in Audience], default=Audience.PUBLIC.value,
        help="pour qui : les petits nombres de personnes sont masqués (public si rien n'est dit)",
    )  # fmt: skip
    export.add_argument(
        "--date",
        type=day,
        default=None,
        help="jour du réseau (AAAA-MM-JJ), aujourd'hui si rien n'est dit",
    )
    options = parser.parse_args(arguments)
    return _export(
        options.format, options.indicator, Audience(options.audience), options.date or dt.date.today()
    )


def _export(format_: str, indicator: str | None, audience: Audience, today: dt.date) -> int:
    try:
        house = open_house(today)
        catalogue, known = read_all(house, network_periods(first_year(house), today))
        desk = make_desk(known, today)
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 1
    if indicator is not None and indicator not in catalogue.indicators:
        print(
            f"Indicateur « {indicator} » inconnu. Choisissez parmi : {', '.join(catalogue.indicators)}.",
            file=sys.stderr,
        )
        return 2
    chosen = [catalogue[indicator]] if indicator else list(catalogue.indicators.values())
    table = long_table(
        (
            (desk.answer(each.id, period, audience), catalogue.source(each, period))
            for each in chosen
            for period in each.periods
        ),
        mark="démonstration" if desk.network.is_demo else "",
    )
    if format_ == "parquet":
        table.to_parquet(sys.stdout.buffer, index=False)
    else:
        sys.stdout.buffer.write(to_csv(table).encode("utf-8"))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    leave(main)
