"""The Celery application of a worker, with what Celery itself has no place for."""

from __future__ import annotations

from celery import Celery

from worker.broker_topology import BrokerTopology
from worker.loop_thread import LoopThread
from worker.provisioning.delivery import Provisioning


class JobApp(Celery):
    """A Celery application that knows the contract's topology, and its process's loop_thread."""

    broker_topology: BrokerTopology
    loop_thread: LoopThread[Provisioning]
