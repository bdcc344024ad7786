"""The model that needs no key."""

from tests.llm_calls import ask, assistant, events_of, finish_of, text_of, user

from weft.llm.demo import READING_PACE, DemoModel
from weft.llm.model import TextDelta, UsageReported
from weft.threads.usage import Usage

DEMO = DemoModel(pace=0)


async def answer(*said: str) -> str:
    return text_of(await events_of(DEMO, ask(*said)))


async def test_says_that_it_is_a_demo_and_how_to_get_a_real_model() -> None:
    told = await answer("Where is my order?")
    assert "“Where is my order?”" in told
    assert "demo" in told
    for hint in ("OPENAI_API_KEY", 'model="openai:', "ANTHROPIC_API_KEY", 'model="anthropic:'):
        assert hint in told


async def test_is_long_enough_to_be_watched_and_short_enough_to_be_read() -> None:
    for number in range(40):
        assert 55 <= len((await answer(f"question {number}")).split()) <= 110


async def test_the_same_question_has_the_same_answer_and_others_vary() -> None:
    assert await answer("a") == await answer("a")
    openings = {(await answer(f"question {number}")).split(" You wrote")[0] for number in range(40)}
    assert len(openings) == 4


async def test_a_later_message_is_counted() -> None:
    told = text_of(await events_of(DEMO, ask("first", assistant("answer"), "second")))
    assert "message 2" in told
    assert "“second”" in told


async def test_quotes_the_start_of_a_long_message_on_one_line() -> None:
    told = await answer("word\n" * 500)
    assert "word word word…”" in told
    assert told.count("word ") < 40


async def test_a_picture_alone_cannot_be_quoted() -> None:
    told = text_of(await events_of(DEMO, ask(user({"type": "image", "image": "https://example.org/a.png"}))))
    assert "something without words" in told


async def test_usage_is_estimated_in_words() -> None:
    events = await events_of(DEMO, ask("three words here", instructions="and two"))
    told = sum(isinstance(event, TextDelta) for event in events)
    finish = finish_of(events)
    assert events[0] == UsageReported(Usage(input_tokens=5, total_tokens=5))
    assert finish.usage == Usage(input_tokens=5, output_tokens=told, total_tokens=5 + told)
    assert finish.provider_metadata == {"demo": {"usage": "estimated from words"}}


async def test_pauses_between_words_at_a_readable_pace() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    events = await events_of(DemoModel(sleep=sleep))
    words = sum(isinstance(event, TextDelta) for event in events)
    assert pauses == [READING_PACE] * (words - 1)
    assert 25 <= 1 / READING_PACE <= 40
