import platform
from importlib import metadata

from bioplast.training import versions


def test_versions_are_those_installed():
    found = versions.collect_versions()
    assert found["python"] == platform.python_version()
    assert found["brian2"] == metadata.version("brian2")


def test_package_that_is_missing_is_said_to_be(monkeypatch):
    monkeypatch.setattr(versions, "PACKAGES", ("no-such-package-for-bioplast",))
    assert versions.collect_versions()["no-such-package-for-bioplast"] == "not installed"


def test_no_commit_without_git(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert versions.find_commit(tmp_path) is None


def test_no_commit_outside_of_a_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert versions.find_commit(tmp_path) is None
