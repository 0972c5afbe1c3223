"""codemeta.json says what CITATION.cff says; ``python docs/codemeta.py`` writes it."""

import importlib.util
import json
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def load():
    spec = importlib.util.spec_from_file_location("codemeta", ROOT / "docs" / "codemeta.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_agrees_with_the_citation():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    written = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert written == load().make_codemeta(citation)
    assert (written["name"], written["version"]) == ("bioplast", citation["version"])
    assert len(written["citation"]) == len(citation["references"]) > 10


def test_people_and_groups():
    module = load()
    person = {"family-names": "van Rossum", "given-names": "Mark C. W."}
    assert module.make_author(person) == {
        "@type": "Person",
        "givenName": "Mark C. W.",
        "familyName": "van Rossum",
    }
    assert module.make_author({"name": "the authors"}) == {"@type": "Organization", "name": "the authors"}
