"""A part of Brian2 that belongs to one network, beside that in which a user's own models are."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from brian2 import set_device
from brian2.core.tracking import InstanceTrackerSet, Trackable
from brian2.devices.device import Device
from numpy.typing import DTypeLike

from bioplast.backends.programs.preferences import brian_preferences

# In ``brian2.devices`` a variable has the module's name.
_devices: Any = import_module("brian2.devices.device")

# Device, preferences and names are those of the whole process: one network at a time.
_ENTRANCE = threading.RLock()


class Workspace:
    """Where a network is made and run, so that it meets nothing of the user's and changes nothing of it.

    The device is one of its own, the preferences are ours, and objects get the names that they would have in
    a process with nothing else in it. A user's model, its device, build options and preferences are
    afterwards as they were.

    Parameters
    ----------
    dtype : of all variables that are given none
    device : what the network is made for, which nobody else has
    """

    def __init__(self, dtype: DTypeLike, device: Device) -> None:
        self.device = device
        self._dtype = dtype
        self._named: dict[type, InstanceTrackerSet] = defaultdict(InstanceTrackerSet)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """What is made meanwhile is in this workspace; threads come in one after the other."""
        with _ENTRANCE, brian_preferences(self._dtype), self._own_names(), self._own_device():
            yield

    @contextmanager
    def _own_names(self) -> Iterator[None]:
        # Brian2 gives an object another name where one of all that live has the name it would get.
        follower = Trackable.__instancefollower__
        before, follower.instance_sets = follower.instance_sets, self._named
        try:
            yield
        finally:
            follower.instance_sets = before

    @contextmanager
    def _own_device(self) -> Iterator[None]:
        # Not by ``set_device`` alone, back and forth: it hands time steps on, keeps a list, and replaces
        # the build options of the device it goes back to.
        before, _devices.active_device = _devices.active_device, None
        try:
            set_device(self.device, build_on_run=False)
            yield
        finally:
            _devices.active_device = before
