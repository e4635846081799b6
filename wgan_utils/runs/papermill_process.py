"""Execute one notebook with papermill, as a process that ends cleanly with whoever started it.

A program of its own, started by its path, so that it need not load the library: `jobs.run_job` gives it, on its
standard input, one line of JSON, and keeps that open. When it is closed, the process interrupts itself as Ctrl-C would:
the training writes its checkpoint, and the notebook as far as it came.
"""

import json
import os
import signal
import sys
import threading

MARK = "Failed: "  # begins the line that says why
SECONDS_TO_WRITE_IN = 120.0  # an interrupted training ends its step, and stores a checkpoint


def main() -> int:
    """Run what standard input says; returns the exit status."""
    import papermill  # not above: the library asks this file for its path, also where there is no papermill
    from jupyter_client.manager import AsyncKernelManager
    from papermill.exceptions import PapermillExecutionError

    class PatientKernelManager(AsyncKernelManager):
        shutdown_wait_time = SECONDS_TO_WRITE_IN

    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if order["cores"]:
        os.sched_setaffinity(0, order["cores"])  # type: ignore[attr-defined, unused-ignore]
    try:
        papermill.execute_notebook(
            order["notebook"],
            order["executed"],
            parameters=order["parameters"],
            progress_bar=False,
            kernel_manager_class=PatientKernelManager,
        )
    except PapermillExecutionError as error:
        print(f"{MARK}{error.ename}: {' '.join(error.evalue.split())}", file=sys.stderr)
        return 1
    except Exception as error:
        print(f"{MARK}{type(error).__name__}: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return 0


def _end_with_parent() -> None:
    sys.stdin.read()  # until the other end is closed, by a request to stop or by a death
    os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)  # without waiting for the thread that still reads
