import pytest

from bioplast.errors import RequestError
from bioplast.options import check_path, read_whole


def test_a_path_that_may_be_is_let_through(tmp_path):
    check_path("--out", tmp_path)
    check_path("--out", tmp_path / "new" / "deeper")
    (tmp_path / "file").touch()
    check_path("--out", tmp_path / "file" / "below")  # what it is used for will say so


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x" * 256, "File name too long"), ("a\0b", "embedded null byte"), ("\ud800", "surrogates not allowed")],
)
def test_a_path_that_no_file_can_have_is_refused(tmp_path, name, reason):
    with pytest.raises(RequestError, match=rf"^--out: cannot be used \(.*{reason}\), got "):
        check_path("--out", tmp_path / name)


def test_a_loop_of_links_is_refused(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(RequestError, match="Too many levels of symbolic links"):
        check_path("--out", tmp_path / "loop")


def test_whole_numbers_have_ends():
    assert read_whole("--n", "3", least=3, most=3) == 3
    with pytest.raises(RequestError, match=r"^--n: must be a whole number <= 3, got '4'$"):
        read_whole("--n", "4", least=1, most=3)
