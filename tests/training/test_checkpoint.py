import json
import os
import zipfile

import numpy as np
import pytest

from bioplast.energy import Books, Signalling
from bioplast.errors import RequestError
from bioplast.network import Layer, State
from bioplast.training.checkpoint import PREVIOUS_FILE, STATE_FILE, read_checkpoint, write_checkpoint
from bioplast.training.loop import Position

ORIGIN = {"key": "0123456789abcdef", "versions": {"numpy": "1"}}


def make_beginning(seed=3, shapes=((5, 4), (5, 2))):
    rng = np.random.default_rng(seed)
    layers = []
    for name, shape in zip(("input->hidden", "hidden->output"), shapes, strict=True):
        weights = rng.normal(size=shape).astype(np.float32)
        carried = {"transient": np.zeros(shape, np.float32)}
        layers.append(Layer(name, weights, rng.random(shape) < 0.8, Books.open(weights), carried))
    return State(seed, tuple(layers))


def make_middle(samples=40):
    """A state and a position in the middle of a run, with numbers that text would not keep by itself."""
    state = make_beginning()
    rng = np.random.default_rng(samples)
    for layer in state.layers:
        before = layer.weights.copy()
        layer.weights += rng.normal(size=before.shape).astype(np.float32)
        layer.books.record(before, layer.weights)
        layer.books.maintenance = 0.1 + 0.2
        layer.carried["transient"][:] = rng.normal(size=before.shape)
        layer.carried["memory"] = np.array([1 / 3, samples])
    state.trial = samples
    row = {"samples": samples, "online": 1 / 3, "validation": None, "m0": 2**60 + 1, "m1": float("nan")}
    row |= {f"{quantity} {layer.name}": 0.5 for layer in state.layers for quantity in ("m0", "m1")}
    position = Position(samples, 1 / 3, None, False, True, Signalling(1, 2, 3, 2**61), 0.1, 0.2, [row])
    return state, position


def flatten(state):
    return {
        f"{layer.name} {name}": array
        for layer in state.layers
        for name, array in {
            "weights": layer.weights,
            "m0": layer.books.m0,
            "m1": layer.books.m1,
            "maintenance": np.array(layer.books.maintenance),
            "initial": layer.books.initial,
            **layer.carried,
        }.items()
    }


def assert_same(state, other):
    assert (state.seed, state.trial) == (other.seed, other.trial)
    ours, theirs = flatten(state), flatten(other)
    assert list(ours) == list(theirs)
    for name, array in ours.items():
        assert array.dtype == theirs[name].dtype
        assert array.tobytes() == theirs[name].tobytes(), name


def read(folder, origin=ORIGIN):
    """What a new process makes of the checkpoint: position, state, warnings."""
    state, warnings = make_beginning(), []
    return read_checkpoint(folder, state, origin, warnings.append), state, warnings


def test_what_is_read_is_what_was_written_bit_for_bit(tmp_path):
    state, position = make_middle()
    write_checkpoint(tmp_path / "run", state, position, ORIGIN)
    back, restored, warnings = read(tmp_path / "run")
    assert_same(restored, state)
    # repr, because nan is not equal to itself.
    assert repr(back) == repr(position)
    assert warnings == []
    assert [path.name for path in (tmp_path / "run").iterdir()] == [STATE_FILE]


def test_of_a_path_only_its_synapses_are_written(tmp_path):
    state, position = make_middle()
    for layer in state.layers:  # nothing off the path has moved
        for array, first in ((layer.weights, layer.books.initial), (layer.books.m0, 0), (layer.books.m1, 0)):
            array[~layer.plastic] = np.broadcast_to(first, array.shape)[~layer.plastic]
        layer.carried["transient"][~layer.plastic] = 0
    write_checkpoint(tmp_path, state, position, ORIGIN)
    assert_same(read(tmp_path)[1], state)
    with np.load(tmp_path / STATE_FILE, allow_pickle=False) as file:
        for layer in state.layers:
            for name in ("weights", "m0", "m1", "carried/transient"):
                assert file[f"{layer.name}/{name}"].shape == (layer.plastic.sum(),)


def test_there_is_nothing_executable_in_it(tmp_path):
    write_checkpoint(tmp_path, *make_middle(), ORIGIN)
    with np.load(tmp_path / STATE_FILE, allow_pickle=False) as file:
        assert all(not file[name].dtype.hasobject for name in file.files)


def test_without_a_checkpoint_a_run_begins_at_the_beginning(tmp_path):
    position, state, warnings = read(tmp_path)
    assert position is None
    assert warnings == []
    assert_same(state, make_beginning())


def test_the_one_before_is_kept(tmp_path):
    for samples in (40, 80, 120):
        write_checkpoint(tmp_path, *make_middle(samples), ORIGIN)
    assert sorted(path.name for path in tmp_path.iterdir()) == [STATE_FILE, PREVIOUS_FILE]
    assert read(tmp_path)[0].samples == 120
    (tmp_path / STATE_FILE).unlink()  # killed between the two renames
    position, state, warnings = read(tmp_path)
    assert (position.samples, state.trial, warnings) == (80, 80, [])


@pytest.mark.parametrize("part", ["weights", "m0", "m1", "transient", "header"])
def test_flipped_bit_is_found_and_the_one_before_used(tmp_path, part):
    write_checkpoint(tmp_path, *make_middle(40), ORIGIN)
    state, position = make_middle(80)
    write_checkpoint(tmp_path, state, position, ORIGIN)
    path = tmp_path / STATE_FILE
    content = bytearray(path.read_bytes())
    sought = b'"samples": 80' if part == "header" else flatten(state)[f"input->hidden {part}"].tobytes()
    content[content.index(sought) + len(sought) - 1] ^= 1
    path.write_bytes(content)
    position, state, (warning,) = read(tmp_path)
    assert position.samples == 40
    assert_same(state, make_middle(40)[0])
    assert STATE_FILE in warning
    assert warning.endswith(f"going on from {PREVIOUS_FILE}, the one before it")
    assert "\n" not in warning


def test_any_flipped_bit_either_changes_nothing_or_is_refused(tmp_path):
    state, position = make_middle()
    write_checkpoint(tmp_path, state, position, ORIGIN)
    path = tmp_path / STATE_FILE
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    n_refused = 0
    for place in rng.integers(0, len(whole), 300):
        content = bytearray(whole)
        content[place] ^= 1 << rng.integers(8)
        path.write_bytes(content)
        try:
            back, restored, _ = read(tmp_path)
        except RequestError:
            n_refused += 1
            continue
        assert_same(restored, state)
        assert repr(back) == repr(position)
    assert n_refused > 150


@pytest.mark.parametrize("content", [b"", b"PK", b"not a checkpoint", b"\x80\x04N."])
def test_file_that_is_no_checkpoint_is_refused(tmp_path, content):
    (tmp_path / STATE_FILE).write_bytes(content)
    with pytest.raises(RequestError, match=r"checkpoint: .*state\.npz is damaged"):
        read(tmp_path)


def test_truncated_one_is_refused_where_there_is_no_other(tmp_path):
    write_checkpoint(tmp_path, *make_middle(), ORIGIN)
    path = tmp_path / STATE_FILE
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RequestError, match=r"state\.npz is damaged"):
        read(tmp_path)


def test_pickled_objects_are_never_loaded(tmp_path):
    class Bomb:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "executed"),)

    np.savez(tmp_path / STATE_FILE, header=np.array([Bomb()], object), allow_pickle=True)
    with pytest.raises(RequestError, match=r"state\.npz is damaged"):
        read(tmp_path)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": "f" * 16}, "is of another run: its key is '0123456789abcdef', not 'ffffffffffffffff'"),
        ({"versions": {"numpy": "2"}}, "is of another run: its versions is"),
    ],
)
def test_foreign_one_is_refused_with_the_reason(tmp_path, change, message):
    write_checkpoint(tmp_path, *make_middle(), ORIGIN)
    with pytest.raises(RequestError, match=message):
        read(tmp_path, ORIGIN | change)


@pytest.mark.parametrize(
    ("changes", "message"), [({"seed": 4}, "other weights"), ({"shapes": ((6, 4), (5, 2))}, "other weights")]
)
def test_one_of_another_network_is_refused(tmp_path, changes, message):
    write_checkpoint(tmp_path, *make_middle(), ORIGIN)
    state = make_beginning(**changes)
    with pytest.raises(RequestError, match=message):
        read_checkpoint(tmp_path, state, ORIGIN, print)
    assert_same(state, make_beginning(**changes))


def test_one_whose_arrays_do_not_fit_is_refused(tmp_path):
    state, position = make_middle()
    state.layers[1].books.m1 = state.layers[1].books.m1.astype(np.float32)
    write_checkpoint(tmp_path, state, position, ORIGIN)
    with pytest.raises(RequestError, match="of another network: its hidden->output m1 does not fit"):
        read(tmp_path)


def test_one_of_another_format_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("bioplast.training.checkpoint.FORMAT", 2)
    write_checkpoint(tmp_path, *make_middle(), ORIGIN)
    monkeypatch.undo()
    with pytest.raises(RequestError, match="has format 2, must be 1"):
        read(tmp_path)


def test_full_disk_leaves_the_last_checkpoint_and_no_litter(tmp_path, monkeypatch):
    write_checkpoint(tmp_path, *make_middle(40), ORIGIN)

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write_checkpoint(tmp_path, *make_middle(80), ORIGIN)
    assert [path.name for path in tmp_path.iterdir()] == [STATE_FILE]
    assert read(tmp_path)[0].samples == 40


def test_header_is_json(tmp_path):
    write_checkpoint(tmp_path, *make_middle(), ORIGIN)
    with np.load(tmp_path / STATE_FILE, allow_pickle=False) as file:
        header = json.loads(file["header"].tobytes())
    assert header["origin"] == ORIGIN
    assert zipfile.is_zipfile(tmp_path / STATE_FILE)
