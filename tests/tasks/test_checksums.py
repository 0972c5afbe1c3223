import hashlib

import pytest

from bioplast.errors import RequestError
from bioplast.tasks.checksums import check_checksum, read_checksums

DIGEST = hashlib.sha256(b"content").hexdigest()


def test_lines_of_sha256sum_are_read(tmp_path):
    path = tmp_path / "SHA256SUMS"
    path.write_text(f"{DIGEST}  text file\n\n{DIGEST.upper()} *binary.gz\n")
    assert read_checksums(path) == {"text file": DIGEST, "binary.gz": DIGEST}


@pytest.mark.parametrize("line", ["no checksum", f"{DIGEST[:-1]}  file", DIGEST, f"{DIGEST}file"])
def test_another_line_is_refused(tmp_path, line):
    path = tmp_path / "SHA256SUMS"
    path.write_text(f"{DIGEST}  file\n{line}\n")
    with pytest.raises(RequestError, match="SHA256SUMS: line 2 must be a SHA-256 and a file name, got '"):
        read_checksums(path)


def test_right_content_passes_and_wrong_content_does_not(tmp_path):
    path = tmp_path / "file"
    check_checksum(b"content", expected=DIGEST, path=path)
    with pytest.raises(RequestError, match=rf"file: checksum must be {DIGEST} \(see SHA256SUMS\), got "):
        check_checksum(b"Content", expected=DIGEST, path=path)
