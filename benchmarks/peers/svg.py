"""A bar chart as SVG for light and dark pages: it brings its own ground and follows the reader’s scheme."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 720, 216, 110, 28, 64
_STYLE = """
  .ground { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .title { font-weight: 600; font-size: 15px } .note { fill: #59636e; font-size: 12px }
  .bar { fill: #8c959f } .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #e6edf3 } .note { fill: #9198a1 }
    .bar { fill: #656c76 } .ours { fill: #4493f8 }
  }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """`text` stands behind the bar; `ours` has the colour."""

    name: str
    value: float
    text: str
    ours: bool


def chart(title: str, note: str, bars: Sequence[Bar]) -> str:
    """Bars from zero, one under the other; the longest has all the room."""
    most = max((bar.value for bar in bars), default=0.0) or 1.0
    height = _TOP + _ROW * len(bars) + 12
    rows = "".join(_row(bar, number, most) for number, bar in enumerate(bars))
    told = ", ".join(f"{bar.name} {bar.text}" for bar in bars)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(f'{note}: {told}')}</desc>\n<style>{_STYLE}</style>\n"
        f'<rect class="ground" width="{_WIDTH}" height="{height}" rx="6"/>\n'
        f'<text class="title" x="16" y="26">{escape(title)}</text>\n'
        f'<text class="note" x="16" y="46">{escape(note)}</text>\n{rows}</svg>\n'
    )


def _row(bar: Bar, number: int, most: float) -> str:
    top = _TOP + _ROW * number
    length = max(1.0, bar.value / most * (_WIDTH - _LEFT - _RIGHT))
    kind = "ours" if bar.ours else "bar"
    return (
        f'<text x="{_LEFT - 10}" y="{top + 15}" text-anchor="end">{escape(bar.name)}</text>'
        f'<rect class="{kind}" x="{_LEFT}" y="{top + 2}" width="{length:.1f}" height="18" rx="2"/>'
        f'<text x="{_LEFT + length + 8:.1f}" y="{top + 15}">{escape(bar.text)}</text>\n'
    )
