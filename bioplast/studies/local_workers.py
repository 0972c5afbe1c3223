"""The worker processes of this machine: started, replaced when they die, ended with the study."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from distributed.security import Security

LOOPBACK = "127.0.0.1"
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_SETTINGS = {
    # Neither pages nor metrics: the servers that Dask starts for them have nothing to serve.
    "DASK_DISTRIBUTED__WORKER__HTTP__ROUTES": "[]",
    "DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "100",
}
_LOG_FILE = "worker.log"
_STOP_SECONDS = 5.0


@dataclass
class LocalWorkers:
    """Dask workers with one thread each, which serve one scheduler; to be used as a context.

    They are programs of their own, not forks or copies of this process: a script, a notebook and a program
    read from standard input have them alike. They are in sessions of their own, so that Ctrl-C, which
    reaches every process of a terminal, is left to the study.

    Attributes
    ----------
    address : the scheduler's
    n_workers : how many there should be
    folder : for their files; nobody else can read it
    certificates : the study's own, by which scheduler and workers know each other
    """

    address: str
    n_workers: int
    folder: Path
    certificates: Security
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._options = self._write_certificates()
        self.replace_lost()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A run that is under way sees it after its chunk, and is kept.
        for process in self.processes:
            process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for process in self.processes:
            try:
                process.wait(max(deadline - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def replace_lost(self) -> None:
        """Have as many workers as there should be: those that died are started anew."""
        self.processes = [process for process in self.processes if process.poll() is None]
        while len(self.processes) < self.n_workers:
            try:
                self.processes.append(self._start())
            except OSError as error:  # too many processes or files: perhaps there is room later
                self._note(f"cannot be started: {error.strerror}")
                return

    def explain(self) -> str:
        """The last line that a worker wrote; empty if there is none."""
        try:
            lines = (self.folder / _LOG_FILE).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return lines[-1].strip() if lines else ""

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, *self._options]
        command += ["--host", LOOPBACK, "--nthreads", "1", "--no-nanny"]
        command += ["--no-dashboard", "--dashboard-address", f"{LOOPBACK}:0"]
        # Runs hold their own memory; Dask would pause over those it knows nothing of.
        command += ["--memory-limit", "0", "--local-directory", str(self.folder), "--death-timeout", "60"]
        # Libraries read the number of threads while they are imported.
        environment = os.environ | dict.fromkeys(_THREADS, "1") | _SETTINGS
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        with (self.folder / _LOG_FILE).open("ab") as log:
            return subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _write_certificates(self) -> list[str]:
        """Write the certificates as files; return the options by which a worker finds them."""
        settings = self.certificates.get_tls_config_for_role("worker")
        options = []
        for name in ("ca_file", "cert", "key"):
            path = self.folder / f"{name}.pem"
            path.touch(mode=0o600)
            path.write_text(settings[name], encoding="ascii")
            options += [f"--tls-{name.replace('_', '-')}", str(path)]
        return options

    def _note(self, line: str) -> None:
        with suppress(OSError), (self.folder / _LOG_FILE).open("a", encoding="utf-8") as log:
            log.write(f"{line}\n")
