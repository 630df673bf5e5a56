"""What statements took in revision 57ebfc5, on PostgreSQL 15 and on another, quieter machine.

Milliseconds of running alone, without planning, the worse of both plan modes, at 1 %, 10 % and
100 %. Of several statements of a case it is the slowest.
"""

BEFORE: dict[str, tuple[float, float, float]] = {
    "order": (0.35, 0.18, 0.25),
    "claim": (0.17, 0.10, 0.09),
    "claim, first": (0.10, 0.05, 0.05),
    "renew": (0.25, 0.13, 0.07),
    "step": (0.22, 0.23, 0.17),
    "complete": (0.37, 0.59, 0.31),
    "cancel": (0.09, 0.11, 0.04),
    "relay: read": (0.12, 0.15, 0.13),
    "relay: read past a blocked giant": (0.07, 0.11, 0.11),
    "oldest due message": (0.08, 0.10, 0.09),
    "head": (0.01, 0.02, 0.01),
    "page, 500 behind": (0.61, 0.83, 0.70),
    "page, 90 % behind": (11.97, 161.00, 963.22),
    "page of a job, all behind": (0.07, 0.06, 0.07),
    "page of the first job": (0.06, 0.04, 0.06),
    "page of a small team": (0.06, 0.09, 0.11),
    "a job's end": (0.04, 0.08, 0.06),
    "snapshot": (3.26, 49.51, 483.12),
    "snapshot of a small team": (0.09, 0.04, 0.04),
    "access watch": (0.14, 1.91, 9.89),
    "session look-up": (0.04, 0.04, 0.05),
    "jobs, first page": (0.15, 0.24, 0.12),
    "jobs, deep page": (0.18, 0.27, 0.16),
    "environments, first page": (0.75, 10.99, 67.70),
    "environments, deep page": (0.20, 1.53, 0.24),
    "environments of a small team": (0.05, 0.06, 0.04),
    "sign-in: account": (0.02, 0.02, 0.01),
    "sign-in: token": (0.12, 1.31, 9.85),
    "sign-in: teams with sessions": (0.03, 0.03, 0.03),
    "sign-in: use token": (0.03, 0.04, 0.03),
    "sign-in: no team named": (0.34, 4.03, 35.65),
    "sign-in: a team named": (0.06, 0.08, 0.06),
    "sign-in: operator elsewhere": (4.80, 7.97, 74.99),
    "retention: trim the giant": (0.50, 3.63, 645.22),
    "retention: trim a small team": (0.14, 0.10, 0.03),
    "reaper: sweep with nothing to do": (6.10, 85.29, 633.48),
}
