"""Write codemeta.json, which catalogs of software read, from CITATION.cff: ``python docs/codemeta.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
CITATION, CODEMETA = ROOT / "CITATION.cff", ROOT / "codemeta.json"


def make_codemeta(citation: dict[str, Any]) -> dict[str, Any]:
    """What ``citation`` says, in the words of CodeMeta 3.0 (doi:10.5063/schema/codemeta-3.0)."""
    return {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": citation["title"].partition(":")[0],
        "headline": citation["title"],
        "description": " ".join(citation["abstract"].split()),
        "version": citation["version"],
        "license": f"https://spdx.org/licenses/{citation['license']}",
        "keywords": citation["keywords"],
        "programmingLanguage": "Python",
        "author": [make_author(author) for author in citation["authors"]],
        "citation": [make_article(reference) for reference in citation["references"]],
    }


def make_author(author: dict[str, str]) -> dict[str, str]:
    """A person, or a group that has one name."""
    if "family-names" in author:
        return {
            "@type": "Person",
            "givenName": author["given-names"],
            "familyName": author["family-names"],
        }
    return {"@type": "Organization", "name": author["name"]}


def make_article(reference: dict[str, Any]) -> dict[str, Any]:
    """Title, authors, year and DOI of a work."""
    return {
        "@type": "ScholarlyArticle",
        "name": " ".join(reference["title"].split()),
        "author": [make_author(author) for author in reference["authors"]],
        "datePublished": str(reference["year"]),
        "@id": f"https://doi.org/{reference['doi']}",
    }


def main() -> None:
    """Read the one and write the other."""
    citation = yaml.safe_load(CITATION.read_text(encoding="utf-8"))
    text = json.dumps(make_codemeta(citation), indent=2, ensure_ascii=False)
    CODEMETA.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
