"""Fan-out of server-sent events: the gateway beside other servers, in one run."""
