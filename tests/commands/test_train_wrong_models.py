"""``bioplast train`` of a network whose file is wrong."""

import pytest

WRONG_MODELS = {
    "raises": ("make_network = lambda **o: 1 / 0\n", 1, "tiny.py, line 71: ZeroDivisionError: division by"),
    "raises on import": ("1 / 0\n", 2, "tiny.py cannot be loaded: line 71: ZeroDivisionError: division"),
    "ends Python": ("raise SystemExit(3)\n", 1, "tiny.py, line 71: SystemExit: 3"),
    "no Python": ("def\n", 2, "tiny.py cannot be loaded: line 71: invalid syntax"),
    "no text": ("x = '\0'\n", 2, "tiny.py cannot be loaded: "),
    "imports nothing": ("import no_such_thing\n", 2, "line 71: ModuleNotFoundError: No module named"),
    "other options": ("make_network = lambda n_pixels: 1\n", 2, "must take n_pixels=..., n_classes=..., "),
    "present takes nothing": (
        "Tiny.present = lambda self: 3\n",
        2,
        "present must take a value, a value, learn=",
    ),
    "nothing there": ("del make_network\n", 2, "must define N_HIDDEN and make_network, has no make_network"),
    "no function": ("make_network = 3\n", 2, "make_network and those in MAKERS must be functions"),
    "no table": ("MAKERS = 3\n", 2, "make_network and those in MAKERS must be functions"),
    "odd size": (
        "N_HIDDEN = 'few'\n",
        2,
        "N_HIDDEN must be a whole number >= 1, or a tuple of",
    ),
    "no network": (
        "make_network = lambda **o: None\n",
        2,
        "must give the network, gave NoneType, which has no ",
    ),
    "odd settings": ("Tiny.settings = property(lambda self: {'a': object()})\n", 2, "settings must be JSON"),
    "no settings": ("Tiny.settings = 3\n", 2, "settings must be JSON values by name"),
    "no state": ("Tiny.initial_state = lambda self, s: None\n", 2, "Tiny.initial_state must give a State"),
    "no layers": ("Tiny.initial_state = lambda self, s: State(s, ())\n", 2, "must give a State of layers"),
    "no outcome": ("Tiny.present = lambda self, s, t, learn: 3\n", 2, "Tiny.present must give an Outcome"),
    "one prediction": (
        "Tiny.present = lambda self, s, t, learn: Outcome(np.zeros(1), Signalling())\n",
        2,
        "Tiny.present must give 100 predictions, gave ndarray of shape (1,)",
    ),
}


@pytest.mark.parametrize("name", WRONG_MODELS)
def test_wrong_model_is_named_in_one_line(train, study, name):
    lines, expected, message = WRONG_MODELS[name]
    path = study / "models" / "tiny.py"
    path.write_text(path.read_text() + "\n" + lines)
    status, out, err = train()
    assert (status, out) == (expected, "")
    assert err.startswith("bioplast: ")
    assert message in err
    assert err.count("\n") == 1
