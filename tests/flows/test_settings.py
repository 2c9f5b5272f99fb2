"""The settings: one place, units in the names, wrong values said."""

import pytest
from pydantic import ValidationError

from flows.settings import Settings, parse_connect_to


def test_connect_to_names_a_suffix_and_where_it_is() -> None:
    assert parse_connect_to(".example=127.0.0.1:8080, .test=127.0.0.1:81") == {
        ".example": ("127.0.0.1", 8080),
        ".test": ("127.0.0.1", 81),
    }


@pytest.mark.parametrize("wrong", [".example", ".example=127.0.0.1", ".example=127.0.0.1:http"])
def test_a_connect_to_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError, match="SUFFIX=ADDRESS:PORT"):
        Settings(connect_to=wrong)


def test_without_a_server_follow_up_work_is_called_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)

    assert Settings().dispatch == "inline"


def test_with_a_server_follow_up_work_is_started_by_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4200/api")

    assert Settings().dispatch == "event"


def test_the_user_agent_says_who_asks_and_where_to_complain() -> None:
    assert Settings(contact="https://desk.example/us").user_agent.endswith("(+https://desk.example/us)")


@pytest.mark.parametrize("name", ["workers", "batch_entry_count", "page_timeout_seconds"])
def test_a_number_that_makes_no_sense_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="greater than"):
        Settings.model_validate({name: 0})
