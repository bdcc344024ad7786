"""What a search makes of what it finds by words and by meaning: `weft.search` as Python calls it."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.agents.embedders import ByThings, given
from tests.agents.runs import thread_of

from weft.agents.saving import SaveOptions
from weft.agents.weft import Weft
from weft.errors import ErrorCode, InputError
from weft.threads.drafts import draft
from weft.threads.search import SearchOptions

MODEL = ByThings()
BY_WORDS = SearchOptions(vector=False)


async def say(weft: Weft, thread_id: str, *texts: str, vectors: bool = True) -> list[str]:
    """The ids of user messages, a turn each."""
    made = given(MODEL, *texts) if vectors else None
    options = SaveOptions(embeddings=made, skip_embeddings=True)
    return [row.id for row in await weft.messages.save(thread_id, [draft(prompt=text) for text in texts], options)]


async def found(weft: Weft, text: str, thread_id: str, options: SearchOptions | None = None) -> Sequence[str | None]:
    hits = await weft.search.messages(
        text, thread_id=thread_id, embedding_model=MODEL, options=options or SearchOptions()
    )
    return [hit.message.text for hit in hits]


async def test_one_middling_word_of_a_question_does_not_lift_a_message_over_what_is_meant(weft: Weft) -> None:
    """docs/decisions/0013: in a plain fusion of ranks, a place in both lists beats the first place in one."""
    thread_id = await thread_of(weft)
    meant, fitting = "The chain makes a noise.", "Her bike stood by the wall, and so did the question of Rome."
    await say(weft, thread_id, fitting, meant, "Tea?", "Monday.", "A letter came.", "The invoice is paid.")
    question = "Which part of my bicycle should be looked at by a mechanic, and what did the wall look like?"
    hits = await weft.search.messages(question, thread_id=thread_id, embedding_model=MODEL)
    assert hits[0].message.text == meant
    assert [hit.hit.text_rank for hit in hits[:2]] == [None, None]
    [by_words] = await weft.search.messages(question, thread_id=thread_id, options=BY_WORDS)
    assert (by_words.message.text, by_words.hit.text_rank) == (fitting, 1)


async def test_a_message_that_has_the_question_s_words_is_lifted(weft: Weft) -> None:
    thread_id = await thread_of(weft)
    await say(weft, thread_id, "The bike is red.", "The bicycle is called Ada.", "A chain", "Tea?", "Monday.")
    assert (await found(weft, "the bicycle called Ada", thread_id))[0] == "The bicycle is called Ada."


async def test_a_message_that_has_no_vector_yet_is_found_by_few_of_the_words_after_all_others(weft: Weft) -> None:
    thread_id = await thread_of(weft)
    await say(weft, thread_id, "The bike is red.", "The chain is new.", "Tea?")
    [late] = await say(weft, thread_id, "A wall.", vectors=False)
    hits = await weft.search.messages(
        "bicycle, wheel and brakes before the blue wall of Ada", thread_id=thread_id, embedding_model=MODEL
    )
    assert hits[-1].message.id == late
    assert (hits[-1].hit.text_rank, hits[-1].hit.vector_rank) == (len(hits), None)
    assert hits[-1].hit.score == 1 / (60 + len(hits)) < min(hit.hit.score for hit in hits[:-1])


async def test_there_are_never_more_hits_than_asked_for(weft: Weft) -> None:
    thread_id = await thread_of(weft)
    await say(weft, thread_id, *(f"bicycle {n}" for n in range(20)))
    await say(weft, thread_id, *(f"a bicycle without a vector {n}" for n in range(20)), vectors=False)
    for limit in (1, 3, 30):
        assert len(await found(weft, "bicycle", thread_id, SearchOptions(limit=limit))) == limit


async def test_without_hits_by_meaning_those_by_words_are_as_the_text_search_ranks_them(weft: Weft) -> None:
    thread_id = await thread_of(weft)
    await say(weft, thread_id, "A wall.", "The wall of the house", vectors=False)
    question = "what stands before the blue wall of Ada's little house"
    assert await found(weft, question, thread_id) == await found(weft, question, thread_id, BY_WORDS)
    assert len(await found(weft, question, thread_id)) == 2


async def test_a_search_can_be_for_what_came_before_a_message(weft: Weft) -> None:
    """behaviour.md row 100: in the message's own thread; others are not bounded by it."""
    first, second = await thread_of(weft, "zoe"), await thread_of(weft, "zoe")
    ids = await say(weft, first, "zebra one", "zebra two", "zebra three")
    await say(weft, second, "zebra four", "zebra five")
    hits = await weft.search.messages("zebra", user_id="zoe", before_message_id=ids[1], options=BY_WORDS)
    assert {hit.message.text for hit in hits} == {"zebra one", "zebra four", "zebra five"}
    with pytest.raises(InputError, match="message msg_none not found") as caught:
        await weft.search.messages("zebra", before_message_id="msg_none")
    assert (caught.value.reason, caught.value.path) == (ErrorCode.NOT_FOUND, ("input", "beforeMessageId"))


async def test_searches_while_messages_come_and_go_tell_only_of_what_is_there(weft: Weft) -> None:
    thread_id = await thread_of(weft)
    kept = set(await say(weft, thread_id, *(f"a zebra that stays {n}" for n in range(5))))

    async def come_and_go(number: int) -> None:
        ids = await say(weft, thread_id, *(f"a zebra that leaves {number} {n}" for n in range(5)))
        await weft.messages.delete(ids)

    async def look() -> set[str]:
        options = SearchOptions(limit=50)
        hits = await weft.search.messages("zebra", thread_id=thread_id, embedding_model=MODEL, options=options)
        assert len({hit.message.id for hit in hits}) == len(hits)
        return {hit.message.id for hit in hits}

    seen, _ = await asyncio.gather(
        asyncio.gather(*(look() for _ in range(30))), asyncio.gather(*map(come_and_go, range(6)))
    )
    assert all(ids >= kept for ids in seen)
    assert await look() == kept


async def test_a_search_by_meaning_alone_needs_a_model(weft: Weft) -> None:
    for options in (SearchOptions(text=False), SearchOptions(vector=True)):
        with pytest.raises(InputError, match="needs an embedding model") as caught:
            await weft.search.messages("zebra", options=options)
        assert caught.value.reason is ErrorCode.UNSUPPORTED
