"""Let ``!program`` run without a terminal, on which bars would move and lines would be cut."""

import os
import subprocess

from IPython import get_ipython

# Kernels ask programs for colors, which some take for a terminal.
for name in ("CLICOLOR_FORCE", "FORCE_COLOR"):
    os.environ.pop(name, None)


def run_program(command: str) -> None:
    """Run ``command``, with Python's names in braces filled in, and print what it prints."""
    text = get_ipython().var_expand(command, depth=1)
    done = subprocess.run(
        text, shell=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    print(done.stdout, end="")


get_ipython().system = run_program
