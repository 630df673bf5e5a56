"""`contractkit init`: creates a working project, from an application or from an example."""
