"""A worker on a queue that reads quickly and is soon taken for dead: `python -m tests.service.queue_worker ADDRESS`.

It says `ready`, and begins once a line comes in.
"""

from __future__ import annotations

import sys
import threading

from app.ingest.job_queue import Pulse
from app.ingest.jobs import Jobs
from app.ingest.workers import Staff, Workers
from app.settings import shipped
from app.store.database import Database
from tests.ingest.readers import Reader

if __name__ == "__main__":
    address = sys.argv[1]
    workers = Workers(Staff(1), address, Reader)
    workers.warm()
    jobs = Jobs(Database(address, shipped("migrations")), workers, Pulse(beat=0.3, silence=1.5))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    jobs.start()
    threading.Event().wait()
