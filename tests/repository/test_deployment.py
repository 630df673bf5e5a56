"""What installs Slipway names commands, settings, metrics and files that exist."""

import json
import re
import shutil
import subprocess

import pytest
import typer.main
import yaml

from backbone.settings import Settings
from slipway.cli import app
from slipway.reference_page import metrics_by_process
from testing.checkout import ROOT

DEPLOY = ROOT / "deploy"
SETTINGS = {name.upper() for name in Settings.model_fields}
NOT_OURS = {"POSTGRES_PASSWORD", "RABBITMQ_PASSWORD", "GRAFANA_PASSWORD"}
OF_THE_IMAGE = {"PATH", "PYTHONUNBUFFERED"}
UNITS = sorted((DEPLOY / "systemd").glob("slipway-*.service"))
MANIFESTS = sorted(path for path in (DEPLOY / "kubernetes").glob("*.yaml"))


def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def understood(arguments):
    """Whether the command line takes these arguments; runs nothing."""
    group = typer.main.get_command(app)
    name, *rest = arguments
    command = group.commands[name]
    command.make_context(name, rest)
    return True


def containers():
    for path in MANIFESTS:
        for document in yaml.safe_load_all(path.read_text()):
            template = document.get("spec", {}).get("template") if document else None
            for container in template["spec"]["containers"] if template else ():
                yield document["metadata"]["name"], container


def dockerfile(name):
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    return [line.split(" ", 1)[1] for line in lines if line.startswith(f"{name} ")]


def test_the_example_of_an_environment_names_only_settings():
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert named - SETTINGS == NOT_OURS
    secret = (DEPLOY / "kubernetes" / "secret.env.example").read_text().splitlines()
    assert {line.partition("=")[0] for line in secret} <= SETTINGS


def test_each_process_of_compose_is_a_command_of_ours():
    ours = {name: service for name, service in compose()["services"].items() if "build" in service}
    assert set(ours) == {"migrate", "service", "gateway", "relay", "worker"}
    for service in ours.values():
        assert understood(service["command"])


def test_compose_waits_only_for_what_can_say_that_it_is_there():
    services = compose()["services"]
    for name, service in services.items():
        waits = service.get("depends_on", {})
        for other, how in waits.items() if isinstance(waits, dict) else ():
            assert other in services, name
            if how["condition"] == "service_healthy":
                assert "test" in services[other]["healthcheck"], other
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert not source.startswith("./") or (ROOT / source).exists(), volume
    for service in services.values():
        assert service["image"].partition(":")[2] not in {"", "latest"}


def test_the_image_copies_what_exists_and_sets_what_is_a_setting():
    for copied in dockerfile("COPY"):
        if not copied.startswith("--from"):
            for source in copied.split()[:-1]:
                assert (ROOT / source).exists(), source
    names = set(re.findall(r"(\w+)=", " ".join(dockerfile("ENV"))))
    assert names - SETTINGS == OF_THE_IMAGE
    for told in (*dockerfile("CMD"), dockerfile("HEALTHCHECK")[0].partition("CMD ")[2]):
        arguments = json.loads(told)
        assert understood(arguments[1:] if arguments[0] == "slipway" else arguments)


def test_what_the_image_copies_is_not_ignored():
    kept = {
        line[1:].rstrip("/")
        for line in (ROOT / ".dockerignore").read_text().split()
        if line.startswith("!")
    }
    sources = {
        source
        for copied in dockerfile("COPY")
        if "--from" not in copied
        for source in copied.split()[:-1]
    }
    assert sources <= kept


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_of_ours_with_settings(unit):
    text = unit.read_text()
    command = re.search(r"^ExecStart=/opt/slipway/.venv/bin/slipway (.*)$", text, re.MULTILINE)
    assert command
    assert understood(command[1].split())
    for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE):
        assert set(re.findall(r"(\w+)=", line)) <= SETTINGS


def test_the_units_ports_differ_and_the_target_starts_all():
    ports = re.findall(r"ADMIN_PORT=(\d+)", "".join(unit.read_text() for unit in UNITS))
    assert len(set(ports)) == len(ports) == 4
    target = (DEPLOY / "systemd" / "slipway.target").read_text()
    for unit in UNITS:
        assert unit.name in target or unit.stem == "slipway-migrate"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_understands_the_units():
    files = [*map(str, UNITS), str(DEPLOY / "systemd" / "slipway.target")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files],
        check=False,
        capture_output=True,
        text=True,
    )
    told = [line for line in done.stderr.splitlines() if "is not executable" not in line]
    assert told == []


def test_kubernetes_starts_commands_of_ours_and_probes_the_admin_port():
    found = dict(containers())
    assert set(found) == {"migrate", "service", "gateway", "relay", "worker"}
    for name, container in found.items():
        assert understood(container["args"])
        if name != "migrate":
            assert container["livenessProbe"]["httpGet"] == {
                "path": "/health/live",
                "port": "admin",
            }
            assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
            assert {"name": "admin", "containerPort": 9090} in container["ports"]
    kustomization = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())
    assert {*kustomization["resources"], "kustomization.yaml"} == {path.name for path in MANIFESTS}
    literals = kustomization["configMapGenerator"][0]["literals"]
    assert {literal.partition("=")[0] for literal in literals} <= SETTINGS


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not here")
def test_kustomize_renders_the_manifests(tmp_path):
    folder = tmp_path / "kubernetes"
    shutil.copytree(DEPLOY / "kubernetes", folder)
    shutil.copy(folder / "secret.env.example", folder / "secret.env")
    done = subprocess.run(
        ["kubectl", "kustomize", str(folder)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    kinds = [document["kind"] for document in yaml.safe_load_all(done.stdout)]
    assert kinds.count("Deployment") == 4
    assert kinds.count("PodDisruptionBudget") == 4


def metrics_in_use():
    """Names of metrics that alerts and the dashboard ask for, as Prometheus has them."""
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
    dashboard = json.loads((DEPLOY / "grafana" / "dashboards" / "slipway.json").read_text())
    asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    asked += [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return {name for each in asked for name in re.findall(r"slipway_\w+", each)}


def metrics_there_are():
    """What the processes tell, each with the names under which Prometheus stores it."""
    names = set()
    for families in metrics_by_process().values():
        for family in families:
            suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}
            names |= {family.name + suffix for suffix in suffixes.get(family.type, [""])}
    return names


def test_alerts_and_dashboard_ask_for_metrics_that_exist():
    assert metrics_in_use() <= metrics_there_are()
    assert len(metrics_in_use()) > 15


def test_the_runbook_explains_each_alert():
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
    alerts = [rule["alert"] for group in rules["groups"] for rule in group["rules"]]
    headings = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    assert sorted(alert for alert in headings if alert.startswith("Slipway")) == sorted(alerts)
