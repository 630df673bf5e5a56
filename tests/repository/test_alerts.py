"""Alerts fire when they should, and each query of the dashboard finds what processes tell.

promtool judges (Debian: package prometheus); where it is not installed these tests are skipped, but
never with CI=true.
"""

import json
import re
import shutil
import subprocess

import yaml

from slipway.reference_page import metrics_by_process
from testing.checkout import ROOT
from testing.missing import ServiceMissing, skip_or_fail

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))
LABELS = 'job="slipway",instance="i",component="c"'
CALLS = 'slipway_provider_call_seconds_count{method="m",outcome='

# For each alert a series that raises it, and one that does not; both with the labels of a scrape.
RAISES = {
    "SlipwayProcessDown": {"up": "0"},
    "SlipwayNoRelay": {"slipway_relay_has_leader": "0"},
    "SlipwayOutboxStuck": {"slipway_outbox_oldest_seconds": "31"},
    "SlipwayNoWorker": {'slipway_job_queue_consumers{queue="q"}': "0"},
    "SlipwayJobsWait": {'slipway_jobs_oldest_queued_seconds{kind="k"}': "301"},
    "SlipwayDeadLetters": {'slipway_dead_letters{queue="q"}': "0+1x60"},
    "SlipwayProviderFails": {f'{CALLS}"ok"}}': "0+3x60", f'{CALLS}"ReadTimeout"}}': "0+1x60"},
    "SlipwayGatewayPolls": {"slipway_gateway_broker_connected": "0"},
    "SlipwayServiceFails": {
        'slipway_http_requests_total{status="202"}': "0+97x60",
        'slipway_http_requests_total{status="503"}': "0+3x60",
    },
    "SlipwayStreamsRefused": {"slipway_gateway_overloaded_total": "0+1x60"},
    "SlipwayEventsLate": {
        'slipway_gateway_event_seconds_bucket{le="5.0"}': "0+90x60",
        'slipway_gateway_event_seconds_bucket{le="30.0"}': "0+100x60",
        'slipway_gateway_event_seconds_bucket{le="+Inf"}': "0+100x60",
    },
    "SlipwayConnectionsShort": {
        'slipway_database_connections{pool="p",state="in_use"}': "10",
        'slipway_database_connections{pool="p",state="limit"}': "10",
    },
}
SILENT = {
    "SlipwayProcessDown": {"up": "1"},
    "SlipwayNoRelay": {"slipway_relay_has_leader": "1"},
    "SlipwayOutboxStuck": {"slipway_outbox_oldest_seconds": "29"},
    "SlipwayNoWorker": {'slipway_job_queue_consumers{queue="q"}': "1"},
    "SlipwayJobsWait": {'slipway_jobs_oldest_queued_seconds{kind="k"}': "299"},
    "SlipwayDeadLetters": {'slipway_dead_letters{queue="q"}': "7"},
    "SlipwayProviderFails": {f'{CALLS}"ok"}}': "0+9x60", f'{CALLS}"ReadTimeout"}}': "0+1x60"},
    "SlipwayGatewayPolls": {"slipway_gateway_broker_connected": "1"},
    "SlipwayServiceFails": {
        'slipway_http_requests_total{status="202"}': "0+99x60",
        'slipway_http_requests_total{status="503"}': "0+1x60",
    },
    "SlipwayStreamsRefused": {"slipway_gateway_overloaded_total": "5"},
    "SlipwayEventsLate": {
        'slipway_gateway_event_seconds_bucket{le="5.0"}': "0+100x60",
        'slipway_gateway_event_seconds_bucket{le="30.0"}': "0+100x60",
        'slipway_gateway_event_seconds_bucket{le="+Inf"}': "0+100x60",
    },
    "SlipwayConnectionsShort": {
        'slipway_database_connections{pool="p",state="in_use"}': "8",
        'slipway_database_connections{pool="p",state="limit"}': "10",
    },
}


def rules():
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def series(told):
    """As promtool wants it: constant values last an hour, and each has the labels of a scrape."""
    for name, values in told.items():
        bare, _, labels = name.rstrip("}").partition("{")
        given = f"{labels},{LABELS}" if labels else LABELS
        yield {
            "series": f"{bare}{{{given}}}",
            "values": values if "x" in values else f"{values}+0x60",
        }


def promtool(tmp_path, tests):
    program = shutil.which("promtool")
    if program is None:
        skip_or_fail(ServiceMissing("promtool is not installed (Debian: prometheus)"))
    path = tmp_path / "tests.yml"
    path.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "tests": tests}))
    ran = subprocess.run(
        [program, "test", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_each_alert_has_a_case():
    assert sorted(RAISES) == sorted(SILENT) == sorted(rules())


def test_each_alert_is_raised_by_its_case_alone(tmp_path):
    """`ALERTS` is the series of what fires; its number is what is asked for."""
    tests = []
    for cases, wanted in ((RAISES, 1), (SILENT, 0)):
        for alert, told in cases.items():
            query = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)'
            asked = {"expr": query, "eval_time": "30m"}
            asked["exp_samples"] = [{"labels": "{}", "value": wanted}]
            tests.append(
                {
                    "interval": "1m",
                    "input_series": list(series(told)),
                    "promql_expr_test": [asked],
                }
            )
    promtool(tmp_path, tests)


def test_each_query_of_the_dashboards_finds_what_the_processes_tell(tmp_path):
    told = {}
    for metrics in metrics_by_process().values():
        for metric in metrics:
            for sample in metric.samples:
                labels = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
                told[f"{sample.name}{{{labels}}}" if labels else sample.name] = "0+1x60"
    told['slipway_http_requests_total{method="GET",route="/",status="503"}'] = "0+1x60"
    queries = [
        re.sub(r"\$__(rate_)?interval", "5m", target["expr"])
        for path in DASHBOARDS
        for panel in json.loads(path.read_text())["panels"]
        for target in panel["targets"]
    ]
    assert len(queries) > 15
    asked = [
        {
            "expr": f"count({query}) > bool 0",
            "eval_time": "30m",
            "exp_samples": [{"labels": "{}", "value": 1}],
        }
        for query in queries
    ]
    promtool(
        tmp_path,
        [{"interval": "1m", "input_series": list(series(told)), "promql_expr_test": asked}],
    )
