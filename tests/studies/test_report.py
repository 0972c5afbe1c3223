"""The page of a study: what it holds, and what it does in a browser."""

import json
import re
import shutil

import pandas as pd
import pytest

from bioplast.figures.style import make_figure, save_figure, use_style
from bioplast.loading import ModuleType
from bioplast.studies.declaration import Study
from bioplast.studies.experiment import Experiment
from bioplast.studies.grid import Grid
from bioplast.studies.report import REPORT_FILE, write_report

EVIL = "</script><script>alert('x')</script> {{facts}}"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def write(tmp_path, make_run):
    def write(runs=None, **changes):
        module = ModuleType("bioplast_experiments.mini", "Energy of tiny networks.\n\nMore.")
        module.STUDY = Study(grid=Grid(model="ann"), plot=None, caption="")
        figure = make_figure(85, 60)
        figure.subplots().plot([1, 2])
        with use_style():
            save_figure(figure, tmp_path)
        if runs is None:
            rules = ("plain", "largest(0.1)")
            runs = [make_run(rule=rule, seed=seed, m0=10 * seed) for rule in rules for seed in (1, 2, 3)]
        values = {
            "headline": "Largest changes save writes.",
            "caption": "First paragraph.\n\nSecond, with <b> & more.",
            "table": pd.DataFrame({"rule": ["plain"], "m0": [20.0]}),
            "rows": None,
            "command": "bioplast run mini --quick",
        }
        write_report(Experiment(module), tmp_path, runs=runs, **values | changes)
        return tmp_path / REPORT_FILE

    return write


def read_data(path):
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', path.read_text(), re.S)
    return json.loads(text)


def test_page_holds_what_was_found(write):
    path = write()
    page = path.read_text()
    for text in (
        "<h1>mini</h1>",
        "Energy of tiny networks.",
        '<p class="message">Largest changes save writes.</p>',
        "<p>Second, with &lt;b&gt; &amp; more.</p>",
        "<code>bioplast run mini --quick</code>",
        "<svg",
    ):
        assert text in page
    results, runs = read_data(path)["tables"]
    assert results["rows"] == [["plain", 20.0]]
    assert len(runs["rows"]) == len(runs["traces"]) == 6
    assert runs["traces"][0][-1] == [4000, 0.94, 0.95, 10, 10.0]
    assert "{{" not in page.replace("{{facts}}", "")


def test_nothing_is_loaded_from_elsewhere(write):
    page = write().read_text()
    assert "default-src 'none'" in page
    assert not re.search(r"<link|<script src|@import|url\(['\"]?http", page)
    assert not re.findall(r"(?:src|href)=['\"](?!#|data:)", page)


def test_texts_are_no_markup(write, make_run):
    path = write(runs=[make_run(model=EVIL)], caption=EVIL, headline=EVIL, command=EVIL)
    page = path.read_text()
    assert "<script>alert" not in page
    assert EVIL in read_data(path)["names"][0]
    assert page.count("<dt>command</dt>") == 1  # and fields in them are not filled


def test_points_have_a_table_too(write):
    path = write(runs=[], rows=pd.DataFrame({"load": [1.0, 1.5], "reached": [True, False]}))
    titles = [table["title"] for table in read_data(path)["tables"]]
    assert titles == ["Results", "Measurements"]


def test_long_traces_are_thinned_and_keep_their_end(write, make_run):
    trace = [{"samples": n, "online": 0.5, "m0": n, "m1": n} for n in range(100_001)]
    (kept,) = read_data(write(runs=[make_run(trace=trace)]))["tables"][1]["traces"]
    assert len(kept) <= 60_000
    assert kept[-1][0] == 100_000


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the Python package playwright")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("needs a Chromium that is installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.slow
def test_table_sorts_filters_and_shows_traces_in_a_browser(write, browser):
    path = write()
    page = browser.new_page()
    asked, faults = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(path.as_uri())
    runs = page.locator("#sections > section").nth(1)
    rows = runs.locator("tbody tr")

    def read(name):
        names = runs.locator("thead th").all_inner_texts()
        column = [text.split()[0] for text in names].index(name)
        return [row.locator("td").nth(column).inner_text() for row in rows.all()]

    runs.get_by_role("button", name="m0").click()
    assert read("m0") == ["10", "10", "20", "20", "30", "30"]
    runs.get_by_role("button", name="m0").click()
    assert read("m0") == ["30", "30", "20", "20", "10", "10"]
    runs.get_by_role("searchbox").fill("LARGEST")
    assert set(read("rule")) == {"largest(0.1)"}
    assert runs.get_by_role("status").inner_text() == "3 of 6"
    runs.get_by_role("searchbox").fill("")
    runs.get_by_label("rule", exact=True).select_option("plain")
    assert set(read("rule")) == {"plain"}
    rows.nth(0).click()
    rows.nth(1).press("Enter")
    assert runs.locator(".traces svg").count() == 4
    assert runs.locator(".keys li").count() == 2
    rows.nth(0).click()
    assert runs.locator(".keys li").count() == 1
    assert asked == [path.as_uri()]
    assert faults == []
