"""The after-action report as a document, and that document as Markdown and as one HTML file.

Everything in it is text: people's words are escaped in both, never interpreted.
"""

import re
from collections.abc import Sequence
from html import escape

from bot.domain.card import Fact, Frozen, Table
from bot.domain.wording.parts import EXERCISE


class Chart(Frozen):
    """A picture made by us, its file's name where files stand beside each other, and the words that replace it."""

    svg: str
    file: str
    alt: str


class Quote(Frozen):
    """Somebody's, or the bot's, very words under a heading."""

    heading: str
    text: str


class Section(Frozen):
    """One part of the report."""

    title: str
    text: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    quotes: tuple[Quote, ...] = ()
    chart: Chart | None = None


class Report(Frozen):
    """What happened in one incident."""

    reference: str
    title: str
    drill: bool
    sections: tuple[Section, ...]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Every picture in it."""
        return tuple(s.chart for s in self.sections if s.chart)


# Markdown: what stands for something anywhere, what does at a line's beginning, and bare addresses, which some link.
_ANYWHERE = re.compile(r"([\\`*_\[\]<>|~&$@])")
_AT_START = re.compile(r"^(\s*)([#+=-])|^(\s*\d{1,9})([.)])", re.MULTILINE)
_ADDRESS = re.compile(r"\b(https?|ftp|mailto|xmpp)(:)|\b(www)(\.)", re.IGNORECASE)


def plain(text: str) -> str:
    """Return words as Markdown that shows exactly these words, on as many lines."""
    shown = _ANYWHERE.sub(r"\\\1", text)
    shown = _ADDRESS.sub(lambda m: rf"{m[1] or m[3]}\{m[2] or m[4]}", shown)
    shown = _AT_START.sub(lambda m: rf"{m[1] or m[3] or ''}\{m[2] or m[4]}", shown)
    return "\n".join(line.strip() for line in shown.split("\n"))


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def markdown(report: Report) -> str:
    """Return the report as Markdown; its charts are files beside it."""
    parts = [f"# After-action report {_line(report.reference)}: {_line(report.title)}"]
    parts += [f"**{EXERCISE}**"] if report.drill else []
    for section in report.sections:
        parts += _markdown_section(section)
    parts += [f"**{EXERCISE}**"] if report.drill else []
    return "\n\n".join(parts) + "\n"


def _markdown_section(section: Section) -> list[str]:
    parts = [f"## {_line(section.title)}", *(plain(text).replace("\n", "  \n") for text in section.text)]
    if section.facts:
        parts.append("\n".join(f"- {_line(f.label)}: **{_line(f.value) or '–'}**" for f in section.facts))
    if section.chart is not None:
        parts.append(f"![{_line(section.chart.alt)}]({section.chart.file})")
    parts += [_markdown_table(table) for table in section.tables]
    for quote in section.quotes:
        parts += [f"### {_line(quote.heading)}", "\n".join(f"> {line}  " for line in plain(quote.text).split("\n"))]
    return parts


def _markdown_table(table: Table) -> str:
    rule = ["--:" if n in table.numeric else "---" for n in range(len(table.columns))]
    rows = [" | ".join(_line(c) for c in table.columns), " | ".join(rule)]
    rows += [" | ".join(plain(c).replace("\n", "<br>") for c in row) for row in table.rows]
    drawn = "\n".join(f"| {row} |" for row in rows)
    return f"{_line(table.caption)}:\n\n{drawn}" if table.caption else drawn


_STYLE = """
:root{--ink:#16202a;--soft:#51606d;--line:#d9d5ca;--warn:#8a4f00}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:#fffefa;
max-width:72rem;margin:0 auto;padding:1.5rem}
h1{line-height:1.2}h2{margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line)}h3{margin:1rem 0 .25rem;font-size:1rem}
.wide{overflow-x:auto}.wide table{min-width:44rem}.words{white-space:pre-wrap}
.chart{max-width:44rem;min-width:30rem;width:100%;height:auto}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
td{overflow-wrap:break-word}th{color:var(--soft);font-size:.875rem}.num{text-align:right;white-space:nowrap}
blockquote{margin:0 0 1rem;padding:.25rem 1rem;border-left:3px solid var(--line);
white-space:pre-wrap;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1rem}
dt{color:var(--soft)}dd{margin:0;font-weight:600;overflow-wrap:anywhere;white-space:pre-line}
.drill{font-weight:700;color:var(--warn);border:2px solid;padding:.5rem 1rem;text-align:center}
@media(max-width:40rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}}
@media print{body{max-width:none;padding:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""


def html(report: Report) -> str:
    """Return the report as one HTML file that needs no other."""
    return page(f"After-action report {report.reference}: {report.title}", report.sections, drill=report.drill)


def page(title: str, sections: Sequence[Section], *, drill: bool = False) -> str:
    """Return a document as one HTML file that needs no other."""
    banner = f'<p class="drill">{escape(EXERCISE)}</p>' if drill else ""
    body = "\n".join(_html_section(section) for section in sections)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body>{banner}<h1>{escape(title)}</h1>\n{body}\n{banner}</body></html>\n"
    )


def _html_section(section: Section) -> str:
    parts = [f"<h2>{escape(section.title)}</h2>"]
    parts += [f'<p class="words">{escape(text)}</p>' for text in section.text]
    if section.facts:
        rows = "".join(f"<dt>{escape(f.label)}</dt><dd>{escape(f.value) or '–'}</dd>" for f in section.facts)
        parts.append(f"<dl>{rows}</dl>")
    if section.chart is not None:
        parts.append(f'<div class="wide">{section.chart.svg}</div>')
    parts += [_html_table(table) for table in section.tables]
    for quote in section.quotes:
        parts.append(f"<h3>{escape(quote.heading)}</h3><blockquote>{escape(quote.text)}</blockquote>")
    return f"<section>{''.join(parts)}</section>"


def _html_table(table: Table) -> str:
    numeric = [' class="num"' if n in table.numeric else "" for n in range(len(table.columns))]
    head = "".join(f'<th scope="col"{n}>{escape(c)}</th>' for c, n in zip(table.columns, numeric, strict=True))
    rows = "".join(
        f"<tr>{''.join(f'<td{n}>{_cell(c)}</td>' for c, n in zip(row, numeric, strict=True))}</tr>\n"
        for row in table.rows
    )
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    return f'<div class="wide"><table>{caption}<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>'


def _cell(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))
