"""Compares two messaging contracts into a collector."""

from contractkit.compat.finding_collector import FindingCollector
from contractkit.compat.lifecycle import Calendar
from contractkit.compat.messaging.channels import compare_channels
from contractkit.compat.messaging.operations import compare_operations
from contractkit.compat.messaging.revision import Sides
from contractkit.compat.messaging.servers import compare_servers
from contractkit.model.messaging import MessagingContract


def compare_messaging(
    collector: FindingCollector, calendar: Calendar, old: MessagingContract, new: MessagingContract
) -> None:
    """Record every change from `old` to `new`."""
    sides = Sides(old, new, collector, calendar)
    compare_servers(sides)
    channels = compare_channels(sides)
    compare_operations(sides, channels)
