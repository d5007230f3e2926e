"""Make the help's page from docs/help.md, and put the keys the app acts by into both.

    python scripts/make_help.py

Needs Node.js, to read the page's own table of keys. A test holds the results to their sources.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

_TOP = Path(__file__).resolve().parent.parent
_WEB = _TOP / "talpose_app" / "web"
TEXT = _TOP / "docs" / "help.md"
PAGE = _WEB / "help" / "index.html"
PICTURES = _WEB / "help" / "pictures"

#: Where docs/help.md finds the pictures, which lie beside the page.
_PICTURES = "../talpose_app/web/help/"
_KEYS = re.compile(r"(<!-- keys[^>]*-->\n).*?(<!-- end of keys -->)", re.DOTALL)

_FRAME = """<!doctype html>
<!-- Made by scripts/make_help.py from docs/help.md. -->
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>TALPose: help</title>
    <link rel="icon" href="../icons/mark.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="../theme.css" />
    <link rel="stylesheet" href="help.css" />
  </head>
  <body class="help-page">
    <nav class="help-nav" aria-label="Contents">
{contents}
    </nav>
    <article class="help-article">
{text}
    </article>
  </body>
</html>
"""


def main() -> None:
    """Write both files."""
    text = with_keys(TEXT.read_text(encoding="utf-8"), key_sections())
    TEXT.write_text(text, encoding="utf-8")
    PAGE.write_text(page_of(text), encoding="utf-8")


def key_sections() -> list[dict[str, Any]]:
    """All keys in groups, from the table that the page acts by."""
    module = (_WEB / "state" / "key_guide.js").as_uri()
    program = f"import {{ GUIDE_SECTIONS }} from '{module}'; console.log(JSON.stringify(GUIDE_SECTIONS))"
    command = ["node", "--no-warnings", "--input-type=module", "--eval", program]
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  our own words
    return json.loads(told.stdout)


def with_keys(text: str, sections: list[dict[str, Any]]) -> str:
    """Put the keys between their marks in the text."""
    tables = "\n".join(_table(section) for section in sections)
    return _KEYS.sub(lambda found: f"{found[1]}{tables}\n{found[2]}", text)


def _table(section: dict[str, Any]) -> str:
    rows = [f"| {_chords(row['chords'])} | {html.escape(row['text'])} |" for row in section["rows"]]
    return "\n".join([f"### {section['title']}\n", "| key | what it does |", "|---|---|", *rows, ""])


def _chords(chords: list[list[str]]) -> str:
    return " or ".join(
        " ".join(f"<kbd>{html.escape(cap)}</kbd>" for cap in caps).replace("|", "&#124;") for caps in chords
    )


def page_of(text: str) -> str:
    """The page of a text."""
    markdown = MarkdownIt("commonmark").enable("table")
    tokens = markdown.parse(text)
    headings = _name_headings(tokens)
    for token in tokens:
        _localize(token.children or [])
    body = str(markdown.renderer.render(tokens, markdown.options, {}))
    body = re.sub(r"<!--.*?-->\n?", "", body)
    return _FRAME.format(contents=_contents(headings), text=body.rstrip())


def pictures_of(text: str | None = None) -> list[Path]:
    """The pictures that a text shows, in order; those of the help if None."""
    shown = r"\]\(" + re.escape(_PICTURES) + r"([^)]+)\)"
    names = re.findall(shown, text or TEXT.read_text(encoding="utf-8"))
    return [PAGE.parent / name for name in names]


def _name_headings(tokens: list[Token]) -> list[tuple[str, str, str]]:
    """Give every heading an id; return (tag, id, words)."""
    found: list[tuple[str, str, str]] = []
    for token, words in pairwise(tokens):
        if token.type == "heading_open":
            name = re.sub(r"[^\w\- ]", "", words.content.lower()).replace(" ", "-")
            token.attrSet("id", name)
            found.append((token.tag, name, words.content))
    return found


def _localize(children: list[Token]) -> None:
    """Find pictures beside the page; show addresses elsewhere as words, because the app stays offline."""
    is_elsewhere = False
    for child in children:
        if child.type == "image":
            child.attrSet("src", str(child.attrGet("src")).removeprefix(_PICTURES))
            child.attrSet("loading", "lazy")
        elif child.type == "link_open" and not str(child.attrGet("href")).startswith("#"):
            is_elsewhere = True
            child.tag, child.attrs = "span", {"class": "address"}
        elif child.type == "link_close" and is_elsewhere:
            is_elsewhere = False
            child.tag = "span"


def _contents(headings: list[tuple[str, str, str]]) -> str:
    lines, is_deep = ["<ul>"], False
    for tag, name, words in headings:
        if tag not in ("h2", "h3"):
            continue
        if (tag == "h3") != is_deep:
            lines.append("</ul></li>" if is_deep else "<ul>")
            is_deep = tag == "h3"
        elif tag == "h2" and len(lines) > 1:
            lines.append("</li>")
        link = f'<a href="#{name}">{html.escape(words)}</a>'
        lines.append(f"<li>{link}</li>" if is_deep else f"<li>{link}")
    lines += ["</ul></li>" if is_deep else "</li>", "</ul>"]
    return "\n".join(f"      {line}" for line in lines)


if __name__ == "__main__":
    main()
