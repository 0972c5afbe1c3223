from bioplast.analysis.usage import count_usage
from bioplast.training.record import Run


def make_run(model_settings, signalling):
    return Run(
        {
            "task": "mnist",
            "hidden": 3,
            "samples": 2000,
            "energy": {"m0": 7, "m1": 0.5},
            "signalling": signalling,
            "config": {"settings": model_settings},
        }
    )


def test_time_is_how_long_images_were_shown():
    signalling = {"spikes_input": 50, "spikes_hidden": 5, "synaptic_events": 200}
    usage = count_usage(make_run({"n_stimulus": 50}, signalling))
    assert (usage.spikes, usage.synaptic_events, usage.writes, usage.m1) == (55, 200, 7, 0.5)
    assert usage.errors == 2000 * 4 * 10
    assert usage.cell_seconds == (785 + 4 + 10) * 100
    assert usage.synapse_seconds == (785 * 3 + 4 * 10) * 100


def test_without_spikes_there_is_no_time():
    signalling = {"spikes_input": 0, "spikes_hidden": 0, "synaptic_events": 0}
    usage = count_usage(make_run({}, signalling))
    assert (usage.spikes, usage.cell_seconds, usage.synapse_seconds, usage.writes) == (0, 0, 0, 7)
