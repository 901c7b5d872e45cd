"""`kill -9` while points are written: whatever was acknowledged is there afterwards, once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from doghouse.metrics.store.point_store import PointStore

WRITER = """
import sys
import threading
from pathlib import Path
import numpy as np
from doghouse.storage import duckfile
from doghouse.metrics.model import Columns
from doghouse.metrics.store.point_store import PointStore

duckfile.UNUSED_BYTES = duckfile.UNUSED_SHARE = 0  # write the file anew whenever something was deleted
store = PointStore(Path(sys.argv[1]))
for batch in range(1_000_000):
    number = int(store.numbers([(f"metric{batch % 50}", None, None, None, None)])[0])
    ts = 1_700_000_000 + (batch // 50) * 100 + np.arange(100)
    store.append(Columns(np.full(100, number), ts, np.full(100, float(batch))))
    print(batch, flush=True)
    if batch % 40 == 39:
        store.settle()
    if batch % 70 == 69:
        threading.Thread(target=store.tend, args=(1e10,)).start()  # put in order, drop, write anew
"""


@pytest.mark.parametrize("after_batches", [1, 71, 90, 144, 250])
def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path, after_batches: int) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    for line in process.stdout:
        if int(line) >= after_batches:
            break
    os.kill(process.pid, signal.SIGKILL)
    acknowledged = after_batches
    for line in process.stdout:
        acknowledged = int(line) if line.endswith("\n") else acknowledged
    process.wait()

    store = PointStore(tmp_path)
    for batch in range(acknowledged + 1):
        [series] = store.find(f"metric{batch % 50}")
        start = 1_700_000_000 + (batch // 50) * 100
        found = store.read(np.array([series.id]), start, start + 100)
        assert found.value.tolist() == [float(batch)] * 100
    store.close()
