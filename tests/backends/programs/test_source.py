"""What is changed in the source that Brian2 generates is changed."""

import pytest


def test_the_time_is_asked_after_the_loop(make_toy):
    program = make_toy().make_runner("cpp_standalone")
    steps = (program.folder / "network.cpp").read_text().split("    while", 1)[1]
    loop, after = steps.split("\n    }\n", 1)
    if "should_check_time" in loop:
        pytest.skip("this Brian2 asks only where it has to")
    assert "elapsed_realtime = " not in loop
    assert after.count("    elapsed_realtime = ") == 1
    if "std::clock()" in after:  # Brian2 2.9, where we have moved it
        assert after.startswith("        current = std::clock();\n        elapsed_realtime = ")
