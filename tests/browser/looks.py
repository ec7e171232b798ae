"""What can be measured of a page's looks: does it fit, can it be touched, can it be read."""

from playwright.sync_api import Page

_WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

_TALLER = "document.documentElement.scrollHeight - document.documentElement.clientHeight"
_CUT = """() => [...document.querySelectorAll(".scroller")].filter((el) => el.scrollWidth > el.clientWidth)
  .map((el) => `${el.getAttribute("aria-label")}: ${el.scrollWidth - el.clientWidth}`)"""

# Controls smaller than a fingertip. Links in running text are as high as their line; a choice is pressed by its label.
_SMALL = """() => {
  const shown = (el) => el.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const inText = (el) => el.matches("a") && el.closest("p, dd, td, th, li.words, .line, .summary-title, .rows");
  const all = [...document.querySelectorAll("a, button, summary, select, textarea, input:not([type=hidden])")];
  return all.filter((el) => shown(el) && !inText(el) && !el.matches(".skip")).map((el) => {
    const box = (el.closest("label.choice") ?? el).getBoundingClientRect();
    return [box.width, box.height, (el.getAttribute("aria-label") || el.innerText || el.name || el.id).trim()];
  }).filter(([wide, high]) => wide < 43.5 || high < 43.5).map(([w, h, name]) => `${name}: ${w | 0} x ${h | 0}`);
}"""

# Words whose contrast against what lies behind them is below 4.5 (3 for large ones). Colours are read off a canvas.
_FAINT = """() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (el) => {
    for (; el; el = el.parentElement) {
      const style = getComputedStyle(el);
      if (style.backgroundImage !== "none") return null;
      if (rgba(style.backgroundColor)[3] === 255) return rgba(style.backgroundColor);
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const el = walk.currentNode.parentElement;
    const words = walk.currentNode.data.trim();
    if (!words || !el.checkVisibility() || el.closest("svg, script, noscript, .unseen, .skip")) continue;
    const [style, paper] = [getComputedStyle(el), behind(el)];
    if (!paper) continue;
    const [a, b] = [light(rgba(style.color)), light(paper)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.add(`${words.slice(0, 40)}: ${ratio.toFixed(1)}`);
  }
  return [...faint];
}"""


def wider(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    return int(page.evaluate(_WIDER))


def taller(page: Page) -> int:
    """Return by how many pixels a page is taller than its window."""
    return int(page.evaluate(_TALLER))


def cut(page: Page) -> list[str]:
    """Return the tables that don't show all their columns."""
    return list(page.evaluate(_CUT))


def small(page: Page) -> list[str]:
    """Return the controls that a finger would miss."""
    return list(page.evaluate(_SMALL))


def faint(page: Page) -> list[str]:
    """Return the words that are hard to read."""
    return list(page.evaluate(_FAINT))
