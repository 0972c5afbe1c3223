"""Workers on a SLURM cluster, for ``bioplast run EXPERIMENT --scheduler ADDRESS``.

Run it on the login node, in the environment that has bioplast and dask-jobqueue; see docs/cluster.md.
"""

from __future__ import annotations

import argparse
import time

from dask_jobqueue import SLURMCluster

# A worker carries out one run at a time, on one core.
PROLOGUE = [
    f"export {name}=1"
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
]
# Workers leave this many minutes before their job ends, so that no run is cut off on its way.
MARGIN = 5


def make_cluster(
    *, queue: str, minutes: int, memory: str, interface: str, cache: str | None = None
) -> SLURMCluster:
    """A scheduler in this process, and the recipe of the jobs that its workers are.

    Parameters
    ----------
    queue : the SLURM partition
    minutes : length of a job; what a run has not done by then goes on in another
    memory : of a job, e.g. ``"2GB"``
    interface : network by which jobs reach this machine, e.g. ``"ib0"``
    cache : folder for compiled networks; the user's cache folder if None
    """
    prologue = [*PROLOGUE, f"export BIOPLAST_CACHE='{cache}'"] if cache else PROLOGUE
    return SLURMCluster(
        queue=queue,
        cores=1,
        processes=1,
        memory=memory,
        walltime=f"{minutes // 60:02d}:{minutes % 60:02d}:00",
        interface=interface,
        job_name="bioplast",
        job_script_prologue=prologue,
        worker_extra_args=["--no-dashboard", "--lifetime", f"{minutes - MARGIN}m"],
        scheduler_options={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
    )


def main() -> None:
    """Ask SLURM for workers until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queue", required=True, help="the SLURM partition")
    parser.add_argument("--interface", required=True, help="network that jobs and this machine share")
    parser.add_argument("--jobs", type=int, default=10, help="workers, one a job")
    parser.add_argument("--minutes", type=int, default=60, help="length of a job")
    parser.add_argument("--memory", default="2GB", help="memory of a job")
    parser.add_argument("--cache", help="folder for compiled networks")
    arguments = vars(parser.parse_args())
    n_jobs = arguments.pop("jobs")
    with make_cluster(**arguments) as cluster:
        cluster.adapt(minimum_jobs=0, maximum_jobs=n_jobs)
        print(cluster.scheduler_address, flush=True)
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
