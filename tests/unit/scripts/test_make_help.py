"""The help's page and list of keys say what their sources say."""

import re

import pytest

from scripts.make_help import PAGE, TEXT, key_sections, page_of, pictures_of, with_keys

TEXT_NOW = TEXT.read_text(encoding="utf-8")


def test_the_keys_are_those_the_app_acts_by():
    """If this fails: python scripts/make_help.py."""
    assert with_keys(TEXT_NOW, key_sections()) == TEXT_NOW


def test_the_page_is_made_from_the_text():
    """If this fails: python scripts/make_help.py."""
    assert PAGE.read_text(encoding="utf-8") == page_of(TEXT_NOW)


def test_every_key_of_the_app_is_in_the_help():
    caps = {
        cap for section in key_sections() for row in section["rows"] for keys in row["chords"] for cap in keys
    }
    assert {"N", "Shift", "F1", "?", "Wheel"} <= caps
    assert all(f"<kbd>{cap}</kbd>" in PAGE.read_text(encoding="utf-8") for cap in caps - {"<", ">", "&"})


def test_every_picture_lies_beside_the_page():
    assert len(pictures_of()) == len({*pictures_of()}) > 5
    assert all(path.is_file() for path in pictures_of())


def test_every_link_of_the_contents_leads_somewhere():
    page = PAGE.read_text(encoding="utf-8")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len({*ids})
    assert {*re.findall(r'href="#([^"]+)"', page)} <= {*ids}


def test_the_page_loads_nothing_from_elsewhere_and_has_nothing_inline():
    page = PAGE.read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert not re.search(r"<script|<style| style=| on\w+=", page)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("## A & B\n", '<h2 id="a--b">A &amp; B</h2>'),
        ("see <https://a.b/c>\n", '<span class="address">https://a.b/c</span>'),
        ("[there](#a) [else](b.md)\n", '<a href="#a">there</a> <span class="address">else</span>'),
        (
            "![x](../talpose_app/web/help/pictures/a.webp)\n",
            '<img src="pictures/a.webp" alt="x" loading="lazy" />',
        ),
        ("<!-- note -->\nwords\n", "<p>words</p>"),
    ],
)
def test_what_becomes_of_markdown(text, made):
    assert made in page_of(text)


def test_contents_nest_and_close():
    page = page_of("## A\n### B\n### C\n## D\n")
    contents = "".join(re.findall(r"</?(?:ul|li|a)\b|\w(?=</a>)", page.split("<article")[0]))
    opened = [contents.count(f"<{tag}") for tag in ("ul", "li", "a")]
    closed = [contents.count(f"</{tag}") for tag in ("ul", "li", "a")]
    assert opened == closed == [2, 4, 4]


def test_marks_of_the_table_are_escaped():
    row = {"chords": [["|"], ["<"]], "text": "a < b"}
    made = with_keys("<!-- keys -->\n<!-- end of keys -->", [{"title": "T", "rows": [row]}])
    assert "| <kbd>&#124;</kbd> or <kbd>&lt;</kbd> | a &lt; b |" in made
