"""A command that ends when this process does, together with all that it started."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence

# The shell and what it starts are a process group of their own. Its background part reads from a pipe that
# only this process can write to: it comes to the end of it when this process is gone, however it ended.
_GUARD = """
exec 3<&0 </dev/null
(read -r line <&3; kill -KILL 0) &
exec 3<&-
"$@"
status=$?
kill $!
exit $status
"""


def run_guarded(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ``command`` and return its exit status and what it wrote to standard error.

    Where this process is killed or interrupted meanwhile, the command and all its processes are killed.
    """
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as alive, os.fdopen(read_end, "rb") as pipe:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", *command],
            stdin=pipe,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            errors="replace",
            process_group=0,
        )
        try:
            _, said = process.communicate()
        except BaseException:
            alive.close()
            process.communicate()  # until all of them are gone and write to no folder any more
            raise
    return subprocess.CompletedProcess(list(command), process.returncode, "", said)
