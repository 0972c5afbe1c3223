"""The compiler: which is taken, and what it is given."""

import subprocess
from pathlib import Path

import pytest

from bioplast.brian.compile import compile_source, find_compiler
from bioplast.errors import RequestError


@pytest.mark.parametrize(
    ("path", "compiler", "missing"),
    [("", None, r"g\+\+"), ("", "", r"g\+\+"), (None, "no-such-compiler -O9", "no-such-compiler -O9")],
)
def test_no_compiler(make_toy, monkeypatch, path, compiler, missing):
    if path is not None:
        monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("CXX", compiler) if compiler is not None else monkeypatch.delenv("CXX", raising=False)
    message = (
        rf"^device cpp_standalone: needs a C\+\+ compiler and make, found no {missing}; .*--device runtime"
    )
    with pytest.raises(RequestError, match=message) as caught:
        make_toy().make_runner("cpp_standalone")
    assert "\n" not in str(caught.value)


def test_no_make(tmp_path, monkeypatch):
    compiler = find_compiler()
    (tmp_path / Path(compiler).name).symlink_to(compiler)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RequestError, match=r"found no make; .*--device runtime"):
        find_compiler()


def test_code_that_does_not_compile_is_shown_and_not_kept(make_toy, tmp_path, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    refusing = tmp_path / "refusing"
    refusing.write_text('#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "cannot compile this" >&2\nexit 1\n')
    refusing.chmod(0o755)
    monkeypatch.setenv("CXX", str(refusing))
    with pytest.raises(RuntimeError, match=r"(?s)generated code did not compile:.*cannot compile this"):
        make_toy().make_runner("cpp_standalone")
    assert [file.name for file in (tmp_path / "cache" / "programs").iterdir() if file.suffix != ".lock"] == []


def test_many_pieces_that_call_their_own_functions_alike(tmp_path):
    """Functions without a name outside their file stay apart, and every piece is compiled once."""
    (tmp_path / "code_objects").mkdir()
    for number in range(7):
        (tmp_path / "code_objects" / f"piece_{number}.cpp").write_text(
            f"#include <cstdio>\n\nnamespace {{\n    int number() {{ return {number}; }}\n}}\n\n"
            f'void _run_piece_{number}()\n{{\n    std::printf("%d ", number());\n}}\n'
        )
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "end.cpp").write_text("int end() { return 0; }\n")
    declared = "int end();\n" + "".join(f"void _run_piece_{number}();\n" for number in range(7))
    called = "".join(f"    _run_piece_{number}();\n" for number in range(7))
    (tmp_path / "main.cpp").write_text(f"{declared}int main()\n{{\n{called}    return end();\n}}\n")
    pieces = " ".join(f"code_objects/piece_{number}.cpp" for number in range(7))
    (tmp_path / "makefile").write_text(
        f"SRCS = {pieces} main.cpp library/end.cpp\n"
        "OBJS = ${SRCS:.cpp=.o}\nmain: $(OBJS)\n\t$(CXX) $(OBJS) -o main\n%.o: %.cpp\n\t$(CXX) -c $< -o $@\n"
    )
    compile_source(tmp_path)
    done = subprocess.run([tmp_path / "main"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == list("0123456")
