"""How values cross the edge of the API: scalars, inputs with their ranges, errors, events."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from graphql import GraphQLError

from weft.errors import ErrorCode, InputError
from weft.resolvers.failures import user_errors
from weft.schema.errors import UserErrorCode
from weft.schema.events import ThreadEvent, thread_event, thread_list_event
from weft.schema.inputs import UpdateThreadInput
from weft.schema.once import Once
from weft.schema.options import GenerationOptionsInput, options_of
from weft.schema.payloads import ThreadPayload
from weft.schema.scalars import read, written
from weft.schema.usage import Usage
from weft.threads import events, usage
from weft.threads.generations import GenerationOptions
from weft.threads.streams import Delta, StreamState
from weft.threads.threads import ThreadStatus


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 11, 22, 8, 30, tzinfo=UTC), "2026-11-22T08:30:00.000Z"),
        (datetime(2026, 11, 22, 8, 30, 1, 234_567, tzinfo=UTC), "2026-11-22T08:30:01.234Z"),
        (datetime(2026, 11, 22, 8, 30, tzinfo=timezone(timedelta(hours=2))), "2026-11-22T06:30:00.000Z"),
    ],
)
def test_times_are_written_in_utc_to_the_millisecond(time: datetime, text: str) -> None:
    assert written(time) == text


@pytest.mark.parametrize(
    "text", ["2026-11-22T08:30:00.123Z", "2026-11-22t08:30:00.1239z", "2026-11-22T10:30:00.123+02:00"]
)
def test_times_are_read_with_any_offset(text: str) -> None:
    assert read(text) == datetime(2026, 11, 22, 8, 30, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["2026-11-22", "2026-11-22T08:30:00", "2026-13-22T08:30:00Z", "0001-01-01T00:00:00+01:00", "", 5, None]
)
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(GraphQLError, match="write it like"):
        read(value)


@pytest.mark.parametrize(
    ("given", "name", "message"),
    [
        ({"temperature": 2.1}, "temperature", "temperature must be between 0 and 2, not 2.1"),
        ({"temperature": -0.1}, "temperature", "temperature must be between 0 and 2, not -0.1"),
        ({"top_p": 1.01}, "topP", "topP must be between 0 and 1, not 1.01"),
        ({"max_output_tokens": 0}, "maxOutputTokens", "maxOutputTokens must be 1 or more, not 0"),
        ({"max_retries": 11}, "maxRetries", "maxRetries must be between 0 and 10, not 11"),
        ({"max_retries": -1}, "maxRetries", "maxRetries must be between 0 and 10, not -1"),
        ({"throttle_ms": 10_001}, "throttleMs", "throttleMs must be between 0 and 10000, not 10001"),
        ({"provider_options": [1]}, "providerOptions", "providerOptions must be an object of objects"),
        ({"provider_options": {"openai": 1}}, "providerOptions", "providerOptions must be an object of objects"),
        ({"model": "gpt"}, "model", "model 'gpt' is not known"),
    ],
)
def test_an_option_out_of_range_says_what_is_legal(given: dict[str, Any], name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        GenerationOptionsInput(**given).options()
    assert caught.value.path == ("input", "options", name)
    assert caught.value.message.startswith(message)


def test_an_empty_stop_sequence_is_pointed_at() -> None:
    with pytest.raises(InputError) as caught:
        GenerationOptionsInput(stop_sequences=["a", ""]).options()
    assert caught.value.path == ("input", "options", "stopSequences", "1")


def test_options_reach_the_domain_whole() -> None:
    given = GenerationOptionsInput(
        instructions="Be brief",
        model="demo",
        max_output_tokens=1,
        temperature=2,
        top_p=0,
        seed=-3,
        stop_sequences=["x"],
        max_retries=0,
        provider_options={"openai": {"user": "u"}},  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        throttle_ms=0,
    )
    wanted = GenerationOptions(
        "Be brief", "demo", 1, 2, 0, -3, ("x",), 0, 0, provider_options={"openai": {"user": "u"}}
    )
    assert given.options() == wanted


def test_no_options_are_the_agents() -> None:
    assert options_of(None) == options_of(GenerationOptionsInput()) == GenerationOptions()


def test_a_count_beyond_what_graphql_can_say_is_shown_as_the_most_it_can() -> None:
    shown = Usage.of(usage.Usage(input_tokens=2**31, output_tokens=1, total_tokens=2**40, cost_micros=2**33))
    most = 2**31 - 1
    assert (shown.input_tokens, shown.output_tokens, shown.total_tokens, shown.cost_micros) == (most, 1, most, most)


def test_an_update_tells_null_from_absent() -> None:
    given = UpdateThreadInput(thread_id="thr_1", title=None, status=ThreadStatus.ARCHIVED)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert given.changes() == {"title": None, "status": ThreadStatus.ARCHIVED}


@pytest.mark.parametrize(
    ("path", "shown"),
    [((), None), (("input", "title"), ["input", "title"]), (("threadId",), ["input", "threadId"])],
)
async def test_an_input_error_becomes_a_user_error(path: tuple[str, ...], shown: list[str] | None) -> None:
    @user_errors(ThreadPayload)
    async def mutation() -> ThreadPayload:
        raise InputError("too long", reason=ErrorCode.TOO_LARGE, path=path)

    payload = await mutation()
    (error,) = payload.user_errors
    assert (payload.thread, error.code, error.error_message, error.path) == (
        None,
        UserErrorCode.TOO_LARGE,
        "too long",
        shown,
    )


async def test_other_errors_are_the_engines() -> None:
    @user_errors(ThreadPayload)
    async def mutation() -> ThreadPayload:
        raise LookupError("bug")

    with pytest.raises(LookupError):
        await mutation()


@pytest.mark.parametrize("code", ErrorCode)
def test_every_domain_code_has_its_name_in_the_api(code: ErrorCode) -> None:
    assert UserErrorCode[code.name].name == code.value


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (events.MessageRemoved(["k"]), {"keys": ["k"]}),
        (
            events.StreamEnded("str_1", "k", StreamState.ABORTED, "why"),
            {"stream_id": "str_1", "key": "k", "state": StreamState.ABORTED, "abort_reason": "why"},
        ),
        (events.ThreadDeleted("thr_1"), {"thread_id": "thr_1"}),
        (events.ResyncRequired("slow"), {"reason": "slow"}),
    ],
)
def test_events_keep_their_name_and_values(event: events.LiveEvent, shown: dict[str, object]) -> None:
    rendered: ThreadEvent = thread_event(events.Item(event, "c"))
    assert type(rendered).__name__ == type(event).__name__
    assert vars(rendered) == {"cursor": "c", **shown}


def test_a_delta_shows_its_text() -> None:
    parts = [{"type": "text-start", "id": "0"}, {"type": "text-delta", "id": "0", "delta": "Hi"}]
    event = thread_event(events.Item(events.StreamAdvanced(Delta("str_1", "thr_1", 0, 2, parts)), "c", 9, 7))
    shown = {"stream_id": "str_1", "stream_number": 7, "start": 0, "end": 2, "parts": parts, "text": "Hi"}
    assert vars(getattr(event, "delta")) == shown  # noqa: B009


def test_a_list_of_threads_hears_only_of_threads() -> None:
    assert type(thread_list_event(events.Item(events.ThreadDeleted("thr_1"), "c"))).__name__ == "ThreadDeleted"
    with pytest.raises(TypeError):
        thread_list_event(events.Item(events.MessageRemoved(["k"]), "c"))


async def test_once_makes_its_value_once_for_all_who_wait() -> None:
    once, made, go = Once[int](), 0, asyncio.Event()

    async def make() -> int:
        nonlocal made
        made += 1
        await go.wait()
        return made

    waiting = [asyncio.create_task(once.get(make)) for _ in range(3)]
    go.set()
    assert await asyncio.wait_for(asyncio.gather(*waiting), 5) == [1, 1, 1]


async def test_once_forgets_a_failure() -> None:
    once = Once[int]()

    async def fail() -> int:
        raise LookupError

    async def make() -> int:
        return 2

    with pytest.raises(LookupError):
        await once.get(fail)
    assert await once.get(make) == 2
