"""The contract's exchanges and queues beside what stands on the broker."""
