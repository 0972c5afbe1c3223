"""The compiler: which is taken, and what it is given."""

import subprocess
from pathlib import Path

import pytest

from bioplast.backends.programs.compile import compile_source, describe_compiler, find_compiler, hash_source
from bioplast.errors import MachineError, RequestError


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
    compiler, *_ = find_compiler()
    (tmp_path / Path(compiler).name).symlink_to(compiler)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RequestError, match=r"found no make; .*--device runtime"):
        find_compiler()


def test_arguments_of_the_compiler_are_in_a_programs_key(tmp_path, monkeypatch):
    (tmp_path / "main.cpp").write_text("int main() { return 0; }\n")
    keys = set()
    for command in ("g++", "g++ -DX", "g++ -DX -DY"):
        monkeypatch.setenv("CXX", command)
        keys.add(hash_source(tmp_path, describe_compiler()))
    assert len(keys) == 3
    monkeypatch.delenv("CXX")
    assert hash_source(tmp_path, describe_compiler()) in keys


def test_what_a_wrapper_calls_is_asked_for_its_version(tmp_path, monkeypatch):
    wrapper = tmp_path / "wrapper"
    wrapper.write_text('#!/bin/sh\n[ "$1" = --version ] && echo wrapper 1.0 || exec "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("CXX", "g++")
    version = describe_compiler().partition("\n")[2]
    monkeypatch.setenv("CXX", f"{wrapper} g++")
    assert describe_compiler() == f"{wrapper} g++\n{version}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#!/bin/sh\nexit 4\n", "wrong --version: exit status 4 in place of the compiler's version; set CXX"),
        ("no program", "CXX=.*wrong: cannot be run .Exec format error"),
    ],
)
def test_compiler_that_does_not_say_its_version(make_toy, tmp_path, monkeypatch, text, reason):
    (tmp_path / "wrong").write_text(text)
    (tmp_path / "wrong").chmod(0o755)
    monkeypatch.setenv("CXX", str(tmp_path / "wrong"))
    with pytest.raises(RequestError, match=rf"^device cpp_standalone: .*{reason}") as caught:
        make_toy().make_runner("cpp_standalone")
    assert "\n" not in str(caught.value)


def test_compiler_with_half_a_quote(monkeypatch):
    monkeypatch.setenv("CXX", "g++ '-DX")
    with pytest.raises(RequestError, match=r"^device cpp_standalone: CXX=g\+\+ '-DX: No closing quotation"):
        find_compiler()


def test_make_takes_no_flags_meant_for_another(tmp_path, monkeypatch):
    """As in ``make compare CXXFLAGS=-O0``: a program is kept under the flags of its own makefile."""
    (tmp_path / "code_objects").mkdir()
    (tmp_path / "main.cpp").write_text("int main() { return STATUS; }\n")
    (tmp_path / "makefile").write_text(
        "SRCS = main.cpp\nCXXFLAGS = -DSTATUS=3\nmain:\n\t$(CXX) $(CXXFLAGS) main.cpp -o main\n"
    )
    monkeypatch.setenv("MAKEFLAGS", " -- CXXFLAGS=-DSTATUS=4")
    compile_source(tmp_path)
    assert subprocess.run([tmp_path / "main"], check=False).returncode == 3


def test_code_that_does_not_compile_is_shown_and_not_kept(make_toy, tmp_path, monkeypatch):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    refusing = tmp_path / "refusing"
    refusing.write_text('#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "cannot compile this" >&2\nexit 1\n')
    refusing.chmod(0o755)
    monkeypatch.setenv("CXX", str(refusing))
    message = rf"^device cpp_standalone: {refusing}: the network did not compile: cannot compile this\n"
    with pytest.raises(MachineError, match=message) as caught:
        make_toy().make_runner("cpp_standalone")
    assert "\n" not in str(caught.value)
    assert "make: ***" in caught.value.__notes__[0]
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


def test_code_that_runs_once_is_hardly_optimized(tmp_path):
    """Of three pieces that say whether they were optimized, with a makefile that asks for nothing."""
    (tmp_path / "code_objects").mkdir()
    names = ["before_run_piece", "piece_synapses_create_array", "piece"]
    for name in names:
        (tmp_path / "code_objects" / f"{name}.cpp").write_text(
            f'void _run_{name}()\n{{\n#ifdef __OPTIMIZE__\n    std::puts("{name}");\n#endif\n}}\n'
        )
    calls = "".join(f"_run_{name}(); " for name in names)
    declared = "".join(f"void _run_{name}();\n" for name in names)
    (tmp_path / "main.cpp").write_text(f"{declared}int main() {{ {calls}return 0; }}\n")
    (tmp_path / "makefile").write_text(
        f"SRCS = {' '.join(f'code_objects/{name}.cpp' for name in names)} main.cpp\n"
        "OBJS = ${SRCS:.cpp=.o}\nOPTIMISATIONS = -O0 -include cstdio\n"
        "main: $(OBJS)\n\t$(CXX) $(OBJS) -o main\n"
        "%.o: %.cpp\n\t$(CXX) $(OPTIMISATIONS) -c $< -o $@\n"
    )
    compile_source(tmp_path)
    done = subprocess.run([tmp_path / "main"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == names[:2]
