"""The recipe for SLURM makes the job it says it does; nothing is submitted."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

RECIPE = Path(__file__).parents[2] / "docs" / "slurm.py"


@pytest.fixture
def recipe():
    spec = importlib.util.spec_from_file_location("slurm_recipe", RECIPE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_script(recipe, **changes):
    options = {"queue": "cpu", "minutes": 90, "memory": "2GB", "interface": "lo"} | changes
    with recipe.make_cluster(**options) as cluster:
        return cluster.scheduler_address, cluster.job_script().splitlines()


def test_a_job_is_one_worker_on_one_core(recipe):
    address, lines = make_script(recipe)
    for line in (
        "#SBATCH -J bioplast",
        "#SBATCH -p cpu",
        "#SBATCH -n 1",
        "#SBATCH --cpus-per-task=1",
        "#SBATCH --mem=2G",
        "#SBATCH -t 01:30:00",
    ):
        assert line in lines
    worker = lines[-1]
    assert f"{sys.executable} -m distributed.cli.dask_worker {address} " in worker
    assert "--nthreads 1 " in worker
    assert "--interface lo" in worker
    assert "--no-dashboard" in worker
    assert "--lifetime 85m" in worker


def test_a_job_s_libraries_have_one_thread_and_the_cache_that_is_named(recipe):
    _, lines = make_script(recipe, cache="/local/cache")
    exports = [line for line in lines if line.startswith("export ")]
    assert exports == [
        "export OMP_NUM_THREADS=1",
        "export OPENBLAS_NUM_THREADS=1",
        "export MKL_NUM_THREADS=1",
        "export NUMBA_NUM_THREADS=1",
        "export BIOPLAST_CACHE='/local/cache'",
    ]
    assert not any("BIOPLAST_CACHE" in line for line in make_script(recipe)[1])


def test_what_must_be_said_is_asked_for():
    done = subprocess.run([sys.executable, str(RECIPE)], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--queue, --interface" in done.stderr
