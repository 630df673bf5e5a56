"""How long a stream lives on after its access was withdrawn: each cause, two gateways."""
