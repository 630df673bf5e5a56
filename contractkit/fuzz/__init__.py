"""A differential oracle for the gate: its verdicts against sampling with a JSON Schema validator."""
