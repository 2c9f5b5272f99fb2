"""What processes of one home know of each other's hosts; each board stands for a process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractors.acquire.hosts import HostBoard, Wishes

MakeBoard = Callable[[], HostBoard]


@pytest.fixture
def make_board(tmp_path: Path) -> Iterator[MakeBoard]:
    boards: list[HostBoard] = []

    def make() -> HostBoard:
        boards.append(HostBoard(tmp_path / "hosts", turns=2))
        return boards[-1]

    yield make
    for board in boards:
        board.close()


def test_two_processes_have_no_more_turns_together_than_one_has(make_board: MakeBoard) -> None:
    one, other = make_board(), make_board()

    assert one.take("a.example", taken=(), is_alone=False) == 0
    assert other.take("a.example", taken=(), is_alone=False) == 1
    assert one.take("a.example", taken={0}, is_alone=False) is None
    assert other.take("b.example", taken=(), is_alone=False) == 0


def test_a_turn_given_back_or_lost_with_its_process_is_free(make_board: MakeBoard) -> None:
    one, dying, third = make_board(), make_board(), make_board()
    one.take("a.example", taken=(), is_alone=False)
    dying.take("a.example", taken=(), is_alone=False)
    one.give_back("a.example", 0, is_alone=False)
    assert third.take("a.example", taken=(), is_alone=False) == 0

    dying.close()

    assert one.take("a.example", taken=(), is_alone=False) == 1


def test_who_waits_is_not_overtaken_by_who_just_had_a_turn(make_board: MakeBoard) -> None:
    busy, waiting = make_board(), make_board()
    turns = {busy.take("a.example", taken=(), is_alone=False), busy.take("a.example", taken={0}, is_alone=False)}
    assert turns == {0, 1}
    assert waiting.take("a.example", taken=(), is_alone=False) is None

    busy.give_back("a.example", 0, is_alone=False)

    assert busy.take("a.example", taken={1}, is_alone=False) is None
    assert waiting.take("a.example", taken=(), is_alone=False) == 0
    busy.give_back("a.example", 1, is_alone=False)
    assert busy.take("a.example", taken=(), is_alone=False) == 1


def test_who_leaves_the_queue_keeps_nobody_waiting(make_board: MakeBoard) -> None:
    busy, waiting, third = make_board(), make_board(), make_board()
    busy.take("a.example", taken=(), is_alone=False)
    busy.take("a.example", taken={0}, is_alone=False)
    waiting.take("a.example", taken=(), is_alone=False)
    busy.give_back("a.example", 0, is_alone=False)
    assert third.take("a.example", taken=(), is_alone=False) is None

    waiting.leave_queue("a.example")

    assert third.take("a.example", taken=(), is_alone=False) == 0


def test_a_host_asked_alone_has_one_turn_for_all(make_board: MakeBoard) -> None:
    one, other = make_board(), make_board()

    assert one.take("a.example", taken=(), is_alone=True) == 0
    assert other.take("a.example", taken=(), is_alone=True) is None
    assert other.take("a.example", taken=(), is_alone=False) is None
    assert one.take("a.example", taken={0}, is_alone=True) is None
    other.leave_queue("a.example")
    one.give_back("a.example", 0, is_alone=True)
    assert other.take("a.example", taken=(), is_alone=True) == 0


def test_a_wish_told_to_one_is_known_to_all_now_and_later(make_board: MakeBoard) -> None:
    one, other = make_board(), make_board()
    one.note("a.example", delay_seconds=30.0, asked_at=1000.5)
    other.note("a.example", hold_until=2000.25)

    expected = Wishes(delay_seconds=30.0, asked_at=1000.5, hold_until=2000.25)
    assert one.wishes("a.example") == other.wishes("a.example") == make_board().wishes("a.example") == expected


def test_instants_never_go_back_and_a_delay_is_as_last_told(make_board: MakeBoard) -> None:
    one, other = make_board(), make_board()
    one.note("a.example", delay_seconds=30.0, asked_at=1000.0, hold_until=2000.0)
    other.note("a.example", delay_seconds=5.0, asked_at=900.0, hold_until=1500.0)

    assert other.wishes("a.example") == Wishes(delay_seconds=5.0, asked_at=1000.0, hold_until=2000.0)
    assert one.wishes("a.example").delay_seconds == 5.0


def test_hosts_without_a_wish_leave_no_file(make_board: MakeBoard, tmp_path: Path) -> None:
    board = make_board()
    for number in range(5):
        turn = board.take(f"h{number}.example", taken=(), is_alone=False)
        assert turn is not None
        board.give_back(f"h{number}.example", turn, is_alone=False)

    assert list((tmp_path / "hosts").iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"30.000", b"thirty 1 2\n", b"\0" * 60])
def test_a_damaged_file_is_no_wish(make_board: MakeBoard, tmp_path: Path, damage: bytes) -> None:
    board = make_board()
    (tmp_path / "hosts" / "a.example").write_bytes(damage)

    assert board.wishes("a.example") == Wishes()
    board.note("a.example", hold_until=5.0)
    assert make_board().wishes("a.example").hold_until == 5.0


@pytest.mark.parametrize("name", ["http://a.example/../../x?y=1", "a" * 3000, "http://a.example/" + "é" * 200, "::1"])
def test_any_name_has_a_file_of_its_own_in_the_folder(make_board: MakeBoard, tmp_path: Path, name: str) -> None:
    make_board().note(name, hold_until=5.0)
    make_board().note(name + "x", hold_until=6.0)

    assert make_board().wishes(name).hold_until == 5.0
    assert len(list((tmp_path / "hosts").iterdir())) == 2


def test_without_a_folder_a_board_remembers_for_itself() -> None:
    board = HostBoard(None, turns=2)
    board.note("a.example", delay_seconds=3.0, asked_at=1.0)

    assert board.wishes("a.example") == Wishes(delay_seconds=3.0, asked_at=1.0)
    assert board.take("a.example", taken=(), is_alone=True) == 0
    board.close()
