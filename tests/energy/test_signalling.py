from bioplast.energy import Signalling


def test_chunks_add_up():
    total = Signalling(1, 2, 3, 4) + Signalling(10, 20, 30, 40)
    assert total == Signalling(11, 22, 33, 44)


def test_as_a_record():
    assert Signalling(macs=7).to_dict() == {
        "spikes_input": 0,
        "spikes_hidden": 0,
        "synaptic_events": 0,
        "macs": 7,
    }
