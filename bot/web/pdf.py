"""The evidence for an auditor as a PDF: letters of many scripts, and what people wrote is text and nothing else."""

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout
from fpdf.fonts import TTFFont
from noto_cjk_sans_jp_regular import FONT_PATH

from bot.domain.dossier import Dossier, Sheet
from bot.domain.text import clip, plural

FONTS = Path(__file__).with_name("fonts")
_USUAL, _FAR_EAST, _LACKING = FONTS / "DejaVuSans.ttf", Path(str(FONT_PATH)), "\u25a1"
_INK, _SOFT, _FILL = (22, 32, 42), (81, 96, 109), (238, 236, 229)
MOST_ROWS, _MOST_LETTERS = 1_000, 900  # a thousand lines take five seconds
_SIZE, _LINE = 7.5, 3.8


def drawn(dossier: Dossier) -> bytes:
    """Return the PDF."""
    return bytes(_Paper(dossier).all().output())


class _Paper(FPDF):
    """One dossier on paper."""

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(orientation="landscape", format="A4")
        self._dossier, self._lacking = dossier, 0
        said = "".join(_words(dossier))
        self.add_font("usual", "", _USUAL)
        self.add_font("usual", "B", FONTS / "DejaVuSans-Bold.ttf")
        self._known = self._letters("usual")
        if any(ord(c) not in self._known for c in said if c > "\u1000"):  # its sixteen megabytes are seldom wanted
            self.add_font("far east", "", _FAR_EAST)
            self.set_fallback_fonts(["far east"], exact_match=False)
            self._known |= self._letters("far east")
        if any(unicodedata.bidirectional(c) in ("R", "AL") for c in said):
            self.set_text_shaping(use_shaping_engine=True)
        self.set_margins(12, 12, 12)
        self.set_auto_page_break(auto=True, margin=16)
        self.set_title(f"Evidence of readiness: {dossier.organisation}")
        self.set_creation_date(dossier.made_at)
        self.set_lang("en")

    def _letters(self, family: str) -> frozenset[int]:
        font = self.fonts[family]
        return frozenset(font.cmap) if isinstance(font, TTFFont) else frozenset()

    def all(self) -> "_Paper":
        """Draw the first page and every table."""
        self.add_page()
        self._first()
        for sheet in self._dossier.sheets:
            self._sheet(sheet)
        if self._lacking:
            self._say(
                f"{_LACKING} stands for {plural(self._lacking, 'letter')} that the fonts here lack; the CSV has them."
            )
        return self

    def footer(self) -> None:
        """Say on every page what it is of, when it was drawn, and which page it is."""
        self.set_y(-11)
        self.set_font("usual", size=7)
        self.set_text_color(*_SOFT)
        self.cell(200, 5, self._shown(f"Evidence of readiness, {self._dossier.organisation}, {self._when()}"))
        self.cell(0, 5, f"{self.page_no()} of {{nb}}", align="R")

    def _when(self) -> str:
        return self._dossier.made_at.astimezone(ZoneInfo(self._dossier.tz)).strftime("%-d %b %Y %H:%M %Z")

    def _first(self) -> None:
        found = self._dossier
        self._say("Evidence of readiness", 20, bold=True)
        self._say(found.organisation, 13)
        self.ln(2)
        self._say(f"Drawn on {self._when()} for {found.by}. Readiness: {found.score}.", 9)
        if found.sample:
            self._say("Some of this is sample data, made up for the demo.", 9, bold=True)
        listed = ", ".join(f"{s.title.lower()} ({len(s.rows):,})" for s in found.sheets)
        self._say(f"In it: {listed}. Each is a CSV file too.", 9, soft=True)

    def _sheet(self, sheet: Sheet) -> None:
        if self.will_page_break(40):
            self.add_page()
        self.ln(5)
        self.start_section(self._shown(sheet.title))
        self._say(sheet.title, 13, bold=True)
        self._say(sheet.about, 8, soft=True)
        self.ln(1)
        if not sheet.rows:
            self._say("There is nothing yet.", 9)
        elif sheet.apart:
            self._apart(sheet)
        else:
            self._table(sheet)
        if len(sheet.rows) > MOST_ROWS:
            self._say(f"The newest {MOST_ROWS:,} of {len(sheet.rows):,}; the CSV has all.", 8, soft=True)

    def _table(self, sheet: Sheet) -> None:
        rows = sheet.rows[:MOST_ROWS]
        used = [n for n, _ in enumerate(sheet.columns) if any(row[n] for row in rows)]
        self._small()
        heads = FontFace(emphasis="BOLD", fill_color=_FILL, color=_INK)
        with self.table(
            col_widths=tuple(_width([row[n] for row in rows], sheet.columns[n]) for n in used), line_height=_LINE,
            headings_style=heads, borders_layout=TableBordersLayout.HORIZONTAL_LINES, text_align="LEFT", padding=0.8,
            v_align="TOP",
        ) as table:  # fmt: skip
            for row in (sheet.columns, *rows):
                drawn_ = table.row()
                for n in used:
                    drawn_.cell(self._shown(clip(row[n], _MOST_LETTERS)))

    def _apart(self, sheet: Sheet) -> None:
        """Draw a row as a list of its own: its name, then what is known of it."""
        for name, *values in sheet.rows[:MOST_ROWS]:
            known = [pair for pair in zip(sheet.columns[1:], values, strict=True) if pair[1]]
            if self.will_page_break(14 + _LINE * len(known)):
                self.add_page()
            self.ln(2)
            self._say(name, 9.5, bold=True)
            self._small()
            lines = TableBordersLayout.HORIZONTAL_LINES
            with self.table(
                col_widths=(1, 5), line_height=_LINE, first_row_as_headings=False, borders_layout=lines,
                text_align="LEFT", padding=0.6, v_align="TOP",
            ) as table:  # fmt: skip
                for label, value in known:
                    row = table.row()
                    row.cell(label, style=FontFace(color=_SOFT))
                    row.cell(self._shown(clip(value, _MOST_LETTERS)))

    def _small(self) -> None:
        self.set_font("usual", size=_SIZE)
        self.set_text_color(*_INK)
        self.set_draw_color(*_FILL)

    def _say(self, text: str, size: float = 9, *, bold: bool = False, soft: bool = False) -> None:
        self.set_font("usual", "B" if bold else "", size)
        self.set_text_color(*(_SOFT if soft else _INK))
        self.multi_cell(0, size * 0.53, self._shown(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def _shown(self, text: str) -> str:
        """Return text as far as there are letters for it; a box stands for each that is lacking."""
        shown = "".join(c if c in "\n " or ord(c) in self._known else _LACKING for c in text.replace("\t", " "))
        self._lacking += sum(a != b for a, b in zip(shown, text.replace("\t", " "), strict=True))
        return shown


def _words(dossier: Dossier) -> Iterable[str]:
    yield from (dossier.organisation, dossier.by)
    for sheet in dossier.sheets:
        for row in sheet.rows[:MOST_ROWS]:
            yield from row


def _width(cells: Sequence[str], head: str) -> float:
    """How wide a column is beside the others: its longest word fits, and much text gets more, within reason."""
    word = max((len(word) for text in (head, *cells) for word in text.split()), default=0)
    return max(min(word, 22) + 2.5, min(max(map(len, cells), default=0), 60) * 0.7)
