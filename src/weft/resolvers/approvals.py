"""Deciding tool calls that wait for a person or the client. Who decides is the viewer."""

from typing import Annotated, Protocol

import strawberry

from weft.agents.approval.decisions import Decision
from weft.resolvers.failures import user_errors
from weft.schema.approvals import SubmitToolResultInput, ToolDecisionInput, ToolDecisionPayload
from weft.schema.context import Info, Viewer

Approve = Annotated[ToolDecisionInput, strawberry.argument(description="The call that may run.")]
Deny = Annotated[ToolDecisionInput, strawberry.argument(description="The call that may not run.")]
Submit = Annotated[SubmitToolResultInput, strawberry.argument(description="The call and its result.")]


@user_errors(ToolDecisionPayload)
async def approve_tool_call(info: Info, input: Approve) -> ToolDecisionPayload:
    return await _decided(info, input, info.context.weft.approvals.approve)


@user_errors(ToolDecisionPayload)
async def deny_tool_call(info: Info, input: Deny) -> ToolDecisionPayload:
    return await _decided(info, input, info.context.weft.approvals.deny)


@user_errors(ToolDecisionPayload)
async def submit_tool_result(info: Info, input: Submit) -> ToolDecisionPayload:
    decision = await info.context.weft.approvals.submit(
        input.thread_id,
        input.tool_call_id,
        input.output,
        input.error_text,
        _answered_by(info.context.viewer, input.answered_by),
        continue_generation=input.continue_generation is not False,
    )
    return ToolDecisionPayload.of(decision)


class _Decide(Protocol):
    async def __call__(
        self,
        thread_id: str,
        approval_id: str,
        reason: str | None = None,
        decided_by: str | None = None,
        *,
        continue_generation: bool = True,
    ) -> Decision: ...


async def _decided(info: Info, input: ToolDecisionInput, decide: _Decide) -> ToolDecisionPayload:
    go_on = input.continue_generation is not False
    viewer = info.context.viewer.user_id
    made = await decide(input.thread_id, input.approval_id, input.reason, viewer, continue_generation=go_on)
    return ToolDecisionPayload.of(made)


def _answered_by(viewer: Viewer, named: str | None) -> str | None:
    """Only a trusted viewer says that somebody else answered."""
    return (named if viewer.trusted else None) or viewer.user_id
