"""prefect.yaml against Prefect's own models and our own flows."""

import importlib
import inspect
from typing import Any

import pytest
import yaml
from desk import ROOT

TEXT = (ROOT / "prefect.yaml").read_text()
DEPLOYMENTS: list[dict[str, Any]] = yaml.safe_load(TEXT)["deployments"]


def flow_of(deployment: dict[str, Any]) -> Any:
    path, name = deployment["entrypoint"].split(":")
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    return getattr(module, name)


def name_of(deployment: dict[str, Any]) -> str:
    return str(deployment["name"])


every_deployment = pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=name_of)


def test_the_flows_of_the_main_job_are_deployed_then_those_for_an_occasion() -> None:
    assert [name_of(deployment) for deployment in DEPLOYMENTS][:3] == ["poll", "collect", "publish"]
    assert "reprocess" in map(name_of, DEPLOYMENTS)


def test_reprocess_waits_for_a_person_who_has_seen_its_dry_run() -> None:
    reprocess = next(deployment for deployment in DEPLOYMENTS if name_of(deployment) == "reprocess")

    assert not reprocess.get("schedules")
    assert not reprocess.get("triggers")
    assert reprocess["parameters"] == {"is_dry_run": True}


@every_deployment
def test_the_entrypoint_is_a_flow_named_like_its_file(deployment: dict[str, Any]) -> None:
    from prefect import Flow

    flow = flow_of(deployment)

    assert isinstance(flow, Flow)
    assert flow.name == deployment["name"]
    assert deployment["entrypoint"] == f"flows/{flow.name}.py:{flow.name}"


@every_deployment
def test_every_parameter_exists_in_the_flow(deployment: dict[str, Any]) -> None:
    known = inspect.signature(flow_of(deployment).fn).parameters

    assert set(deployment.get("parameters", {})) <= set(known)


@every_deployment
def test_the_parameters_pass_the_flows_own_validation(deployment: dict[str, Any]) -> None:
    flow_of(deployment).validate_parameters(deployment.get("parameters", {}))


@every_deployment
def test_a_deployment_has_only_keys_that_prefect_reads(deployment: dict[str, Any]) -> None:
    # Prefect ignores a key it does not know, so a slip of the pen would be silent.
    read = {
        "name", "entrypoint", "description", "tags", "parameters", "work_pool", "concurrency_limit", "schedules",
        "triggers", "version", "enforce_parameter_schema",
    }  # fmt: skip

    assert set(deployment) <= read


@every_deployment
def test_the_schedules_are_prefects(deployment: dict[str, Any]) -> None:
    from prefect.client.schemas.schedules import CronSchedule

    for schedule in deployment.get("schedules", []):
        parsed = CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])

        assert parsed.timezone == "UTC"
        assert schedule["slug"]


@every_deployment
def test_the_triggers_are_prefects(deployment: dict[str, Any]) -> None:
    from prefect.events import DeploymentEventTrigger

    for trigger in deployment.get("triggers", []):
        given = {key: value for key, value in trigger.items() if key != "type"}
        parsed = DeploymentEventTrigger(**given)

        assert set(given) <= set(DeploymentEventTrigger.model_fields), "Prefect ignores what it does not know"
        assert parsed.schedule_after == parsed.within, "`within` alone swallows the last bell of a burst"


def test_collect_is_started_by_the_bell_that_poll_rings() -> None:
    from flows.events import ENTRIES_FOUND

    collect = next(deployment for deployment in DEPLOYMENTS if deployment["name"] == "collect")

    assert [trigger["expect"] for trigger in collect["triggers"]] == [[ENTRIES_FOUND], ["prefect.flow-run.Crashed"]]


def test_alert_is_started_by_the_bell_that_collect_rings_for_any_topic() -> None:
    from flows.events import COVERAGE_NEW

    alert = next(deployment for deployment in DEPLOYMENTS if deployment["name"] == "alert")

    assert [trigger["expect"] for trigger in alert["triggers"]] == [[COVERAGE_NEW]]
    assert alert["triggers"][0]["match"] == {"prefect.resource.id": "newsdesk.topic.*"}
    assert alert["schedules"], "a lost bell is found by the sweep"


def test_the_writer_runs_once_at_a_time_without_losing_a_bell() -> None:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig

    for deployment in DEPLOYMENTS:
        limit = ConcurrencyLimitConfig(**deployment["concurrency_limit"])

        assert limit.limit == 1
    bells = [deployment for deployment in DEPLOYMENTS if deployment.get("triggers")]

    assert {bell["concurrency_limit"]["collision_strategy"] for bell in bells} == {"ENQUEUE"}
