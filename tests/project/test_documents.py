"""The documents: every page is reached from the index, every link leads somewhere, the words are plain."""

import importlib
import re
import unicodedata
from pathlib import Path

import pytest

from edge import __version__
from edge.cli import COMMANDS

ROOT = Path(__file__).parents[2]
INDEX = ROOT / "docs/index.md"
PAGES = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "firmware_configs/**/*.md") for path in ROOT.glob(pattern)
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
WIDTH = 100
TABLES = re.compile(r"^<!-- tables of.*?^<!-- end of[^\n]*$", re.MULTILINE | re.DOTALL)
WIDE = {"CHANGELOG.md"}  # one line an entry is as good there
NO_PROSE = re.compile(r"    |\s*(\||#|<!--|!\[|\$\$|>)")
TICS = re.compile(r"\b(anew|so (long|many|often)|stands? for|of (ours|yours))\b", re.IGNORECASE)
CITED = re.compile(r"([A-Z][\w-]+)(?: et al\.,?| (?:&|and) [A-Z][\w-]+)? \(?((?:19|20)\d\d)\b")
TEXT = {".py", ".pyi", ".pyx", ".h", ".yaml", ".sh", ".service"}
FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)


def links(page):
    """Return the files of this project that a page links to, each with its anchor."""
    found = []
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        if not re.match(r"[a-z]+:", link):
            name, _, anchor = link.partition("#")
            found.append(((page.parent / name).resolve() if name else page, anchor))
    return found


def anchors(page):
    """Return the anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def plain(name):
    """Return a name without accents, up to a hyphen."""
    letters = unicodedata.normalize("NFKD", name).split("-")[0]
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def written(page):
    """Return what somebody wrote on a page: no code, and no table that a command put there."""
    text = TABLES.sub("", FENCE.sub("", page.read_text()))
    return [] if text.startswith("Written by") else text.splitlines()  # the page of `make chaos`


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page):
    """Files that a page links to exist, and so do the headings within them."""
    for target, anchor in links(page):
        assert target.exists(), target
        assert not anchor or anchor in anchors(target), (target, anchor)


def test_every_page_is_reached_from_the_index():
    """Whoever follows links from the index comes to every page, and the README leads to the index."""
    seen, ahead = set(), [INDEX]
    while ahead:
        page = ahead.pop()
        if page not in seen and page.suffix == ".md":
            seen.add(page)
            ahead += [target for target, _ in links(page)]
    assert sorted(set(PAGES) - seen) == []
    assert INDEX in [target for target, _ in links(ROOT / "README.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_read_as_plain_text(page):
    """Prose wraps at 100 columns, but for words that are longer, and is free of turns that English lacks."""
    assert [line for line in written(page) if TICS.search(line)] == []
    if page.name not in WIDE:
        prose = [line for line in written(page) if not NO_PROSE.match(line)]
        assert [line for line in prose if len(line) > WIDTH and " " in line.strip("- ")] == []


@pytest.mark.parametrize("folder", ["edge", "native", "firmware_configs", "systemd"])
def test_the_code_reads_as_plain_text(folder):
    """Docstrings, comments and messages are free of the same turns."""
    files = [path for path in (ROOT / folder).rglob("*") if path.suffix in TEXT]
    lines = [f"{path}: {line}" for path in files for line in path.read_text().splitlines()]
    assert [line for line in lines if TICS.search(line)] == []


def test_what_the_code_cites_is_in_the_references():
    """Every author and year in the code leads to a numbered reference, and every number is used."""
    page = (ROOT / "docs/references.md").read_text()
    formulae, _, references = page.partition("\n## References\n")
    listed = re.findall(r"^(\d+)\. ([^(]*)\((\d{4})\)", references, re.MULTILINE)
    known = {(author, year) for _, names, year in listed for author in map(plain, names.strip().split(", "))}
    code = [path for folder in ("edge", "native") for path in (ROOT / folder).rglob("*.py*")]
    sources = [path for path in code if path.suffix != ".pyc"]
    cited = {one for path in sources for one in CITED.findall(re.sub(r"\s+", " ", path.read_text()))}
    unknown = {(plain(name), year) for name, year in cited} - known
    assert unknown == set()
    used = {number for group in re.findall(r"\[([\d, ]+)\]", formulae) for number in group.split(", ")}
    assert {number for number, _, _ in listed} == used


def test_every_command_is_listed():
    """The page of the commands has every command, in the order of the help and in its words."""
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", (ROOT / "docs/commands.md").read_text(), re.MULTILINE)
    helps = {name: importlib.import_module(f"edge.cli.{name}").HELP for name in COMMANDS}
    assert list(helps.items()) == rows


def test_the_citation_is_of_this_version():
    """Whoever cites the software cites the version that they run."""
    assert f"version: {__version__}\n" in (ROOT / "CITATION.cff").read_text()
