"""The build cache: compiled programs and kernels, images and drawn trials, that runs on one machine share.

What is in it is run, so nobody else may write to it, and what was damaged is not used but made again. It
may be deleted when no run is under way.
"""

from bioplast.build_cache.folder import UnusableCacheError, cache_folder, writing
from bioplast.build_cache.lock import locked, scratch_folder
from bioplast.build_cache.seal import is_sealed, read_sealed, seal, tell_damaged, write_once, write_sealed

__all__ = [
    "UnusableCacheError",
    "cache_folder",
    "is_sealed",
    "locked",
    "read_sealed",
    "scratch_folder",
    "seal",
    "tell_damaged",
    "write_once",
    "write_sealed",
    "writing",
]
