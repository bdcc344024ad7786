"""`python -m benchmarks.peers.report`: the tables of docs/performance.md and the plots, from results.jsonl."""

from collections.abc import Callable, Sequence
from itertools import groupby

from benchmarks.peers.figures import FIGURES, NAMES, Figure, Found, ahead, found_in, number
from benchmarks.peers.install import ROOT
from benchmarks.peers.results import Line, read
from benchmarks.peers.svg import Bar, chart

DOCUMENT = ROOT / "docs/performance.md"
PLOTS = ROOT / "docs/figures"
BEGIN, END = "<!-- peers: written by benchmarks.peers.report -->", "<!-- /peers -->"

Cell = Callable[[str], str]


def main() -> None:
    """Replaces what stands between the marks, and the plots."""
    lines = read()
    if not lines:
        raise SystemExit("there are no results yet: run `make bench-peers`")
    found = found_in(lines)
    text = DOCUMENT.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{DOCUMENT} has no place for them: {BEGIN} … {END}")
    DOCUMENT.write_text(f"{before}{BEGIN}\n{_section(lines, found)}\n{END}{after}")
    PLOTS.mkdir(exist_ok=True)
    for name, plot in _plots(found).items():
        (PLOTS / f"peers-{name}.svg").write_text(plot)


def _section(lines: Sequence[Line], found: Found) -> str:
    plots = "\n".join(f"![{figure.title}](figures/peers-{figure.file}.svg)" for figure in FIGURES if figure.file)
    told = ahead(found)
    behind = "\n".join(f"* {one}" for one in told) or "* In none of these figures."
    return "\n\n".join(
        [
            _when(lines),
            _answers(found),
            _wires(found),
            _broken(found),
            _paces(found),
            f"**A peer is ahead of Weft in**\n\n{behind}",
            f"{plots}\n![Texts a second by viewers](figures/peers-generation.svg)",
        ]
    )


def _when(lines: Sequence[Line]) -> str:
    """One sentence for each day and machine."""
    keys = sorted({(line["date"], line["machine"], _product(line)) for line in lines})
    told = [
        f"{date}, {on}: {', '.join(product for _, _, product in some)}."
        for (date, on), some in groupby(keys, key=lambda key: key[:2])
    ]
    rounds = sorted({line["rounds"] for line in lines if line["figure"] == "paced"})
    return f"{' '.join(told)} Rounds: {', '.join(map(str, rounds))}."


def _product(line: Line) -> str:
    name = {"weft": "Weft", "agno": "Agno", "mastra": "Mastra"}.get(line["peer"], "langgraph-api")
    return f"{name} {line['version']}"


# -------------------------------------------------------------------- tables


def _table(head: Sequence[str], found: Found, cells: Sequence[Cell]) -> str:
    rows = [["", *head], ["---"] * (len(head) + 1)]
    rows += [[NAMES[peer], *(cell(peer) for cell in cells)] for peer in found]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(found: Found, load: str, *names: str) -> Cell:
    def cell(peer: str) -> str:
        median = found[peer].get(load, {})
        return " / ".join(number(median.get(name)) for name in names) if median else "–"

    return cell


def _answers(found: Found) -> str:
    head = (
        "request → first delta, p50 / p99 ms", "model → first delta, p50 / p99 ms", "50 viewers at 50/s: seconds",
        "lag p50 / p95 ms", "50 viewers, flood: deliveries/s", "lag p50 / p95 ms", "not come in time",
    )  # fmt: skip
    cells = (
        _cell(found, "first_delta", "request_p50_ms", "request_p99_ms"),
        _cell(found, "first_delta", "model_p50_ms", "model_p99_ms"),
        _cell(found, "paced", "seconds"),
        _cell(found, "paced", "p50_ms", "p95_ms"),
        _cell(found, "flood", "deliveries_per_s"),
        _cell(found, "flood", "p50_ms", "p95_ms"),
        _cell(found, "flood", "missing"),
    )
    return _table(head, found, cells)


def _wires(found: Found) -> str:
    head = ("bytes for a delta of 19", "list 50: requests/s", "p50 / p99 ms", "bytes", "memory, idle / after, MB")
    cells: tuple[Cell, ...] = (
        _cell(found, "paced", "bytes_per_delta"),
        _cell(found, "list50", "requests_per_s"),
        _cell(found, "list50", "p50_ms", "p99_ms"),
        _cell(found, "list50", "answer_bytes"),
        lambda peer: _memory(found, peer),
    )
    return _table(head, found, cells)


def _memory(found: Found, peer: str) -> str:
    memory = found[peer].get("memory", {})
    mongod = f" + mongod {number(memory['mongod_mb'])}" if memory.get("mongod_mb") else ""
    return f"{number(memory.get('idle_mb'))} / {number(memory.get('rss_mb'))}{mongod}"


def _broken(found: Found) -> str:
    head = ("back after 0.4 s: missing", "twice", "late tab: deltas of 200", "poster’s socket cut: kept of 200")
    cells = (
        _cell(found, "reconnect", "missing"),
        _cell(found, "reconnect", "repeated"),
        _cell(found, "late_tab", "got"),
        _cell(found, "poster_drops", "kept"),
    )
    return _table(head, found, cells)


def _paces(found: Found) -> str:
    head = tuple(f"texts/s with {viewers} viewers (50 at best)" for viewers in _GENERATING)
    return _table(head, found, [_cell(found, f"generation_{viewers}", "emitted_per_s") for viewers in _GENERATING])


_GENERATING = (0, 50, 500)

# -------------------------------------------------------------------- plots


def _plots(found: Found) -> dict[str, str]:
    plots = {figure.file: _plot(figure, found) for figure in FIGURES if figure.file}
    bars = [
        Bar(f"{NAMES[peer]}, {viewers}", pace, f"{number(pace)} /s", peer == "weft")
        for peer in found
        for viewers in _GENERATING
        if (pace := found[peer].get(f"generation_{viewers}", {}).get("emitted_per_s")) is not None
    ]
    note = "texts a second of a model that waits 20 ms before each, with 0, 50 and 500 viewers; more is better"
    return plots | {"generation": chart("The model’s pace by viewers", note, bars)}


def _plot(figure: Figure, found: Found) -> str:
    bars = [
        Bar(NAMES[peer], value, f"{number(value)} {figure.unit}", peer == "weft")
        for peer in found
        if (value := figure.of(found, peer)) is not None
    ]
    return chart(figure.title, figure.note, bars)


if __name__ == "__main__":
    main()
