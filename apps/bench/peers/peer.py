"""Runs one peer: loads its data, then one timed run for each line on stdin. See src/python-peer.ts."""

import json
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")
CONFIG = json.loads(sys.argv[1])


def array(name, shape=None):
    """The array that was handed over under this name."""
    import numpy

    values = numpy.fromfile(os.path.join(CONFIG["folder"], name), dtype=CONFIG["files"][name])
    return values if shape is None else values.reshape(shape)


def serve(peers):
    """`peers` maps names to functions that prepare the work and return a function that does it once; what that
    returns is told beside the timing, once the clock has stopped. An attribute `scale` of that function multiplies
    times, where it does only a part of the work."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not come between answers

    def answer(value):
        out.write(json.dumps(value) + "\n")
        out.flush()

    try:
        run = peers[CONFIG["peer"]]()
    except ModuleNotFoundError as error:
        answer({"missing": f"Python has no module {error.name}"})
        return
    answer({"ready": True})
    for _ in sys.stdin:
        cpu = time.process_time()
        start = time.perf_counter()
        result = run()
        seconds = time.perf_counter() - start
        cpu = time.process_time() - cpu
        notes = {"notes": result} if isinstance(result, str) else {}
        scale = getattr(run, "scale", 1)
        answer({"seconds": scale * seconds, "cpuSeconds": scale * cpu, **notes})


def torch_with_threads():
    import torch

    torch.set_num_threads(CONFIG["threads"])
    return torch
