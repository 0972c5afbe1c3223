import math
from dataclasses import replace

import numpy as np
import pytest

from bioplast.energy.prices import PRICES_FILE, Usage, load_presets
from bioplast.errors import RequestError

PRESET_TWO = """
[presets.two]
action_potential = "ap"
vesicle = "vesicle"
release_probability = "p"
rest = "rest"
"""
USAGE = Usage(spikes=10, synaptic_events=1000, cell_seconds=5, synapse_seconds=50, writes=4)

GOOD = """
[constants]
joule_per_atp = {value = 1e-20, unit = "J", source = "a"}
ap = {value = 100, unit = "ATP", source = "a"}
all = {value = 700, unit = "ATP", source = "a"}
vesicle = {value = 8, unit = "ATP", source = "a"}
p = {value = 0.25, unit = "1", source = "a"}
rest = {value = 3, unit = "ATP/s", source = "a"}
bit = {value = 2e-19, unit = "J", source = "a"}
watt = {value = 5e-20, unit = "W", source = "a"}

[presets.one]
action_potential = "ap"
vesicle = "vesicle"
release_probability = "p"
rest = "rest"
"""


def write(folder, text):
    path = folder / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_bill_by_hand_with_the_price_of_plasticity_open(tmp_path):
    preset = load_presets(write(tmp_path, GOOD))["one"]
    bill = preset.make_bill(USAGE)
    assert (bill.spikes, bill.vesicles, bill.rest, bill.signalling) == (1000, 2000, 15, 3000)
    assert math.isnan(bill.plasticity)
    assert preset.find_break_even(USAGE) == 750


def test_a_write_in_joules_and_a_synapse_in_watts_become_atp(tmp_path):
    presets = load_presets(
        write(tmp_path, GOOD + 'write = "bit"\n[presets.two]\nspike = "all"\nsynapse = "watt"')
    )
    assert presets["one"].make_bill(USAGE).plasticity == pytest.approx(4 * 20)
    bill = presets["two"].make_bill(USAGE)
    assert bill.plasticity == pytest.approx(50 * 5)
    assert (bill.spikes, bill.vesicles, bill.rest) == (7000, 0, 0)


def test_an_action_potential_is_charged_whole_or_by_the_synapses_it_reaches(tmp_path):
    more = GOOD.replace("[presets.one]", 'n = {value = 200, unit = "1", source = "a"}\n[presets.one]')
    presets = load_presets(write(tmp_path, more + f'boutons = "n"\n{PRESET_TWO}'))
    scaled, whole = presets["one"].make_bill(USAGE), presets["two"].make_bill(USAGE)
    assert (whole.spikes, whole.vesicles) == (10 * 100, 1000 * 2)
    assert (scaled.spikes, scaled.vesicles) == (1000 * 100 / 200, 1000 * 2)
    # A cell with as many boutons as the axon that is priced pays the same.
    full = replace(USAGE, synaptic_events=10 * 200)
    assert presets["one"].make_bill(full).signalling == presets["two"].make_bill(full).signalling


def test_errors_that_go_back_are_no_signalling(tmp_path):
    preset = load_presets(write(tmp_path, GOOD))["one"]
    bill = preset.make_bill(replace(USAGE, errors=30))
    assert bill.errors == 30 * 2
    assert bill.signalling == preset.make_bill(USAGE).signalling


def test_price_of_m1_at_a_share_of_transmission_by_hand(tmp_path):
    more = GOOD.replace(
        "[presets.one]",
        'low = {value = 0.1, unit = "1", source = "a"}\nhigh = {value = 0.3, unit = "1", source = "a"}\n'
        "[presets.one]",
    )
    presets = load_presets(write(tmp_path, f'{more}share_low = "low"\nshare_high = "high"\n{PRESET_TWO}'))
    # Vesicles cost 2,000.
    assert presets["one"].find_m1_prices(replace(USAGE, m1=50)) == pytest.approx((4, 12))
    for preset, usage in (("two", replace(USAGE, m1=50)), ("one", USAGE)):
        assert np.isnan(presets[preset].find_m1_prices(usage)).all()


def test_nothing_written_has_no_break_even_price(tmp_path):
    preset = load_presets(write(tmp_path, GOOD))["one"]
    assert math.isnan(preset.find_break_even(Usage(1, 1, 1, 1, 0)))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('spike = "all"', "one must have either spike or action_potential, never both"),
        ('[presets.two]\nrest = "rest"', "two must have either spike or action_potential"),
        ('[presets.two]\naction_potential = "ap"', "two must have vesicle with action_potential"),
        ('[presets.two]\nspike = "all"\nvesicle = "vesicle"', "and not with spike"),
        ('write = "bit"\nsynapse = "watt"', "one must have write or synapse, not both"),
        ('[presets.two]\nspike = "all"\nboutons = "p"', "two must have boutons with action_potential only"),
        ('share_low = "p"', "one must have share_low and share_high, or neither"),
        ('write = "byte"', "one.write must be one of joule_per_atp, ap, .* got 'byte'"),
        ('write = "watt"', "one.write must be in ATP or J, got 'W'"),
        ('glia = "rest"', "one has glia; there are action_potential"),
        ('[constants.x]\nvalue = 0\nunit = "J"\nsource = "a"', "x.value must be a number above 0, got 0"),
        ('[constants.x]\nvalue = 1\nunit = "cal"\nsource = "a"', "x.unit must be one of ATP, .* got 'cal'"),
        ('[constants.x]\nvalue = 1\nunit = "J"', "x must have a source"),
        ("[", "is no TOML"),
    ],
)
def test_a_bad_file_is_refused_with_the_name_of_what_is_wrong(tmp_path, more, message):
    with pytest.raises(RequestError, match=message):
        load_presets(write(tmp_path, GOOD + more))


def test_no_file_and_no_atp_are_refused(tmp_path):
    with pytest.raises(RequestError, match="cannot read"):
        load_presets(tmp_path / "none.toml")
    with pytest.raises(RequestError, match="must have joule_per_atp"):
        load_presets(write(tmp_path, "[constants]"))


def test_the_presets_that_come_with_the_package():
    presets = load_presets(PRICES_FILE)
    assert presets["rodent"].spike * presets["rodent"].joule_per_atp == pytest.approx(3.2e-11, rel=0.01)
    assert presets["rodent"].event == pytest.approx(4.1e4)
    # The all-in price is that of an action potential and the vesicles of 8,000 boutons.
    assert presets["all-in"].spike == pytest.approx(presets["rodent"].spike + 8000 * presets["rodent"].event)
    assert presets["all-in"].event == 0
    # Charged by the synapses it reaches, a spike of a cell with 8,000 is the same.
    assert presets["scaled"].spike == 0
    assert 8000 * presets["scaled"].axon == pytest.approx(presets["rodent"].spike)
    assert presets["scaled"].event == presets["rodent"].event
    assert presets["rodent"].shares == (0.04, 0.112)
    assert presets["fly-memory"].write == pytest.approx(0.01 / 8.3e-20)
    assert presets["running-high"].synapse / presets["running-low"].synapse == pytest.approx(2.6)
    assert all(math.isnan(presets[name].write) for name in presets if name != "fly-memory")
