#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command; prints one JSON line: wall seconds, CPU seconds, and the peak memory of all its processes together
(sum of PSS from smaps_rollup, sampled every 30 ms, so shared pages count once)."""
import json, os, resource, subprocess, sys, threading, time

def children(pid):
    found, todo = [], [pid]
    while todo:
        p = todo.pop()
        found.append(p)
        try:
            for task in os.listdir(f"/proc/{p}/task"):
                with open(f"/proc/{p}/task/{task}/children") as f:
                    todo += [int(c) for c in f.read().split()]
        except OSError:
            pass
    return found

def pss(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            for line in f:
                if line.startswith("Pss:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0

def main():
    start = time.monotonic()
    proc = subprocess.Popen(sys.argv[1:], stdout=open(os.environ.get("MEASURE_OUT", os.devnull), "wb"), stderr=subprocess.DEVNULL, close_fds=False)
    peak = 0
    stop = threading.Event()

    def sample():
        nonlocal peak
        while not stop.wait(0.03):
            peak = max(peak, sum(pss(p) for p in children(proc.pid)))

    thread = threading.Thread(target=sample)
    if os.environ.get("MEASURE_MEMORY"):
        thread.start()
    rc = proc.wait()
    wall = time.monotonic() - start
    stop.set()
    if thread.is_alive():
        thread.join()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({"wall": round(wall, 3), "cpu": round(usage.ru_utime + usage.ru_stime, 3), "peak_mb": round(peak / 1024, 1), "rc": rc}))

if __name__ == "__main__":
    main()
