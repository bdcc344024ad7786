"""Where a stream of somebody else may begin: nothing else is being written in its turn, and its place is free."""

from dataclasses import replace

from weft.agents.turns import new_message
from weft.errors import ErrorCode, InputError
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.messages import Message, MessageRole, MessageStatus
from weft.threads.placement import check_order
from weft.threads.positions import Position
from weft.threads.streams import Stream, StreamState
from weft.threads.ui_messages import ui_messages


async def free_place(store: Store, change: Change, order: int | None, step_order: int | None) -> Position:
    """The place in a new turn, or in that of `order`.

    Raises:
        InputError: a number is out of range, or something is being written in the turn (CONFLICT).
    """
    if order is None:
        if step_order is not None:
            raise InputError("stepOrder is a place within a turn: give order with it", path=("input", "stepOrder"))
        return Position(change.next_order(), 0)
    check_order(order, "input", "order")
    if await store.generations.active_of_turn(change.session, change.thread.id, order):
        raise _taken(f"turn {order} is being answered; abort that first", "order")
    live = await store.streams.live_of_turn(change.session, change.thread.id, order)
    if live is not None:
        raise _taken(f"stream {live.id} is being written in turn {order}; finish or abort it first", "order")
    step = await change.next_step(order) if step_order is None else step_order
    check_order(step, "input", "stepOrder")
    change.raise_last_order(order)
    return Position(order, step)


async def row_at(
    store: Store, change: Change, place: Position, agent_name: str | None, model: str | None, provider: str | None
) -> Message:
    """A pending row at the place, new, or the one that stands there already.

    Raises:
        InputError: another message stands there (CONFLICT).
    """
    turn = await store.removals.turns(change.session, change.thread.id, [place.order])
    there = next((row for row in turn if row.step_order == place.step_order), None)
    if there is None:
        names = {"agent_name": agent_name, "model": model, "provider": provider}
        at = {"order": place.order, "step_order": place.step_order, "status": MessageStatus.PENDING}
        row = new_message(change, MessageRole.ASSISTANT, [], **at, **names)
        await change.insert_messages(row)
        return row
    if there.status is not MessageStatus.PENDING or there.role is not MessageRole.ASSISTANT:
        raise _taken(f"turn {place.order} has message {there.id} at step {place.step_order}", "stepOrder")
    row = replace(
        there,
        agent_name=agent_name or there.agent_name,
        model=model or there.model,
        provider=provider or there.provider,
        updated_at=change.now,
    )
    await change.replace_message(row)
    return row


async def new_stream(store: Store, change: Change, row: Message) -> Stream:
    """A stream that writes this stored row, not stored yet itself."""
    turn = await store.removals.turns(change.session, row.thread_id, [row.order])
    begins = ui_messages(each for each in turn if each.step_order <= row.step_order)[-1].step_order
    return Stream(
        id=ids.new_id(ids.STREAM),
        thread_id=row.thread_id,
        order=row.order,
        step_order=row.step_order,
        state=StreamState.STREAMING,
        abort_reason=None,
        agent_name=row.agent_name,
        model=row.model,
        provider=row.provider,
        user_id=change.thread.user_id,
        generation_id=None,
        start_seq=0,
        end_seq=None,
        end=0,
        started_at=change.now,
        ended_at=None,
        message_id=row.id,
        message_step_order=None if begins == row.step_order else begins,
    )


def _taken(message: str, name: str) -> InputError:
    return InputError(message, reason=ErrorCode.CONFLICT, path=("input", name))
