"""The verdict in the terminal: what fell, the cause, the line to change and the command that would prove it."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from surgeproof.verdict.headline import CLEARED, limit_words, validity_figure, weight
from surgeproof.verdict.verdict import GateResult, Verdict
from surgeproof.verdict.wording import (
    change_place,
    change_words,
    clock_time,
    comparison,
    count,
    day,
    figure,
    judging_figure,
    place,
    setting_value,
    settings_of_run,
    zone,
)

_STYLES = {"GO": "bold green", "NO-GO": "bold red", "INVALID": "bold yellow"}
_PLAIN = {"✗": "x", "✓": "+", "·": "-", "–": "-"}  # noqa: RUF001 -- the signs that a plain terminal lacks
_NAME_MOST = 40
_LABEL = 9
Row = tuple[str, str, str, str, str]
"""Sign, name, figure, when, remark."""


def print_verdict(console: Console, verdict: Verdict, *, report: str | None = None) -> None:
    """Print a verdict as a person reads it; colour says nothing that a word or a sign does not.

    Args:
        console: Where words go; a console without UTF-8 gets plain signs.
        verdict: The verdict.
        report: Path of the report, as it is told.
    """
    plain = not console.encoding.lower().startswith("utf")
    for line in [*_head(verdict), *_rows(verdict), *_labels(verdict), _foot(verdict, report)]:
        if plain:
            line = _in_plain_signs(line)  # noqa: PLW2901 -- the same line in other signs
        console.print(line, soft_wrap=True, highlight=False)


def _head(verdict: Verdict) -> list[Text]:
    scope = verdict.scope
    first = Text(f"{verdict.verdict:<9}", style=_STYLES[verdict.verdict])
    first.append(f"{scope.kind} · {place(scope)} · {scope.plan.rsplit('/', 1)[-1]}", style="default not bold")
    lines = [first, Text(f"         {day(scope.launch)} {zone(scope)} · {settings_of_run(scope)}", style="dim")]
    if verdict.verdict == "GO":
        lines.append(Text(f"         {CLEARED[verdict.kind]}", style="green"))
    return lines


def _rows(verdict: Verdict) -> list[Text]:
    rows: list[Row] = []
    rows += [("?", each.name, limit_words(each), "", each.note or "") for each in verdict.failed_checks]
    rows += [
        ("✗", gate.name, comparison(gate), _when(gate), _remark(gate)) for gate in sorted(verdict.fallen, key=weight)
    ]
    rows += [
        (
            "✗",
            each.relation,
            ", ".join(f"{name} {value:,}" for name, value in each.readings.items()),
            "",
            each.note or "",
        )
        for each in verdict.broken
    ]
    rows += [("?", gate.name, "undecided", "", gate.reason or "") for gate in verdict.undecided]
    widths = [min(_NAME_MOST, max((len(row[column]) for row in rows), default=0)) for column in (1, 2, 3)]
    lines = [_row(row, widths) for row in rows]
    if verdict.held:
        number = len(verdict.held)
        said = f"✓ {number} {'gate' if number == 1 else 'gates'} held"
        if verdict.invariants and not verdict.broken:
            said += f" · invariants hold: {', '.join(each.name for each in verdict.invariants)}"
        lines.append(Text(said, style="green"))
    return lines


def _row(row: Row, widths: list[int]) -> Text:
    sign, name, *rest = row
    line = Text(f"{sign} ", style="red" if sign == "✗" else "yellow")
    line.append(f"{name:<{widths[0]}}", style="default bold")
    for value, width in zip(rest[:2], widths[1:], strict=True):
        if width:
            line.append(f"   {value:<{width}}", style="default")
    if rest[2]:
        line.append(f"   ({rest[2]})", style="dim")
    line.rstrip()
    return line


def _when(gate: GateResult) -> str:
    return f"from {clock_time(gate.first_date)}" if gate.first_date and gate.when_from != "phase" else ""


def _remark(gate: GateResult) -> str:
    parts = []
    if gate.replayed is not None and gate.measured is not None:
        if judging_figure(gate) == gate.replayed:
            parts.append(f"replayed; measured {figure(gate.measured, gate.unit)}")
        else:
            parts.append(f"measured; replayed {figure(gate.replayed, gate.unit)}")
    if gate.reason and gate.resamples_holding:
        parts.append(gate.reason)
    return "; ".join(parts)


def _labels(verdict: Verdict) -> list[Text]:
    lines: list[Text] = []

    def tell(label: str, words: str, style: str = "default") -> None:
        line = Text(f"{label:<{_LABEL}}", style="bold")
        line.append(words, style=style)
        lines.append(line)

    if verdict.verdict != "GO" and verdict.cause is not None:
        tell("CAUSE", verdict.cause.words)
    if verdict.verdict != "GO" and verdict.change is not None:
        change = verdict.change
        given = f"  ({setting_value(change.old)} came from --set)" if change.from_command_line else ""
        tell("CHANGE", f"{change_place(change)}  {change_words(change)}{given}")
    if verdict.verdict != "GO" and verdict.prove is not None:
        tell("PROVE", verdict.prove, "cyan")
    chain = next((each for each in verdict.scale_out if each.chain is not None), None)
    if chain is not None:
        tell("CHAIN", f"{count(chain.chain or 0)} s from {chain.service}'s target crossed to its new task serving")
    if not verdict.failed_checks:
        tell("VALID", _valid(verdict))
    if verdict.assumed:
        tell("ASSUMED", f"{len(verdict.assumed)} values: {', '.join(each.name for each in verdict.assumed)}", "dim")
    if verdict.not_covered:
        tell("NOT COVERED", f"  {', '.join(verdict.not_covered)}", "dim")
    return lines


def _valid(verdict: Verdict) -> str:
    told = []
    for name, words in (("arrivals delivered", "delivered"), ("generator CPU", "generator CPU")):
        reading = next((each for each in verdict.validity if each.name == name), None)
        if reading is not None:
            value = validity_figure(reading.value, reading)
            told.append(f"{value} {words}" if words == "delivered" else f"{words} {value}")
    return " · ".join([*told, f"{len(verdict.validity)} checks"])


def _foot(verdict: Verdict, report: str | None) -> Text:
    if report is None:
        return Text(f"exit {verdict.exit_code}", style="dim")
    return Text(f"report   {report}   exit {verdict.exit_code}")


def _in_plain_signs(line: Text) -> Text:
    made = line.copy()
    made.plain = "".join(_PLAIN.get(sign, sign) for sign in line.plain)
    return made
