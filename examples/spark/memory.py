"""The most memory that a process and all below it had: Spark's JVM, its Python workers and their Node processes. Linux only."""

import os
import threading


def resident_megabytes(root):
    sizes, children = {}, {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/statm") as statm:
                parent = stat.read().rsplit(")", 1)[1].split()[1]
                sizes[pid] = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(pid)
    open_, total = [str(root)], 0
    while open_:
        pid = open_.pop()
        total += sizes.get(pid, 0)
        open_ += children.get(pid, [])
    return total


class MostMemory:
    """with MostMemory(pid) as memory: …; then `memory.megabytes`. Looks twice a second."""

    def __init__(self, pid):
        self.pid, self.megabytes = pid, 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self):
        while True:
            self.megabytes = max(self.megabytes, round(resident_megabytes(self.pid)))
            if self._stopped.wait(0.5):
                return

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        self._thread.join()
