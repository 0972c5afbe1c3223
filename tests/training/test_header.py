"""Headers of checkpoints that somebody has written anew, with a checksum that fits."""

import pytest

from bioplast.training.header import check_header, make_position

LAYERS = ["input->hidden"]
ROW = {
    "samples": 40,
    "online": 0.5,
    "validation": None,
    "m0": 3,
    "m1": 0.5,
    "m0 input->hidden": 3,
    "m1 input->hidden": 0.5,
}
POSITION = {
    "samples": 40,
    "online": 0.5,
    "validation": None,
    "converged": False,
    "diverged": False,
    "signalling": {"macs": 3},
    "train_seconds": 0.1,
    "evaluate_seconds": 0.0,
    "trace": [ROW],
}
HEADER = {
    "origin": {},
    "beginning": "abc",
    "packed": {"input->hidden": False},
    "state": {"seed": 1, "trial": 40},
    "maintenance": {"input->hidden": 0.5},
    "position": POSITION,
}


def test_what_was_written_passes():
    check_header(HEADER, LAYERS)
    position = make_position(POSITION, LAYERS)
    assert (position.samples, position.signalling.macs, len(position.trace)) == (40, 3, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": []},
        {"beginning": None},
        {"packed": {}},
        {"packed": {"input->hidden": "no"}},
        {"maintenance": {"input->hidden": None}},
        {"maintenance": 3},
        {"maintenance": {"input->hidden": 10**400}},
        {"state": {}},
        {"state": {"trial": -1}},
        {"state": {"trial": 2**70}},
        {"position": 3},
    ],
)
def test_another_header_is_refused(changes):
    with pytest.raises(ValueError, match="its header is not what is written into one"):
        check_header(HEADER | changes, LAYERS)


@pytest.mark.parametrize("header", [None, [], "header", 3])
def test_no_header_at_all(header):
    with pytest.raises(ValueError, match="its header is not what is written into one"):
        check_header(header, LAYERS)


@pytest.mark.parametrize(
    "changes",
    [
        {"samples": "40"},
        {"samples": True},
        {"online": "x"},
        {"converged": 1},
        {"signalling": 3},
        {"signalling": {"macs": -1}},
        {"signalling": {"steps": 1}},
        {"train_seconds": None},
        {"train_seconds": float("nan")},
        {"train_seconds": -1.0},
        {"evaluate_seconds": float("inf")},
        {"samples": 0},
        {"trace": [{name: ROW[name] for name in ROW if name != "m1"}]},
        {"trace": [ROW | {"m1": None}]},
        {"trace": [ROW | {"color": 3}]},
        {"trace": [3]},
        {"trace": [{"\ud800": 3}]},
        {"trace": [{"samples": "40"}]},
        {"color": "red"},
    ],
)
def test_another_position_is_refused(changes):
    with pytest.raises(ValueError, match="its header says no position"):
        make_position(POSITION | changes, LAYERS)


def test_a_position_that_lacks_something_is_refused():
    with pytest.raises(ValueError, match="its header says no position"):
        make_position({name: POSITION[name] for name in POSITION if name != "signalling"}, LAYERS)
