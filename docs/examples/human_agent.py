"""A person who helps the agent, and one who takes over.

The agent may ask a person: the tool has no function, so the answer waits until somebody gives it. And a person may
write into the thread as an agent of their own, without any model.

    WEFT_MODEL=openai:gpt-5-mini weft dev docs.examples.human_agent:app
"""

import os

from weft import Agent, create_app, human_tool
from weft.agents.saving import SaveOptions
from weft.agents.weft import Weft
from weft.threads.drafts import draft
from weft.threads.messages import MessageRole


def support(model: str) -> Agent:
    return Agent(
        "support", model=model, instructions="You help. Ask a person what you cannot know.", tools=[human_tool()]
    )


async def answer_for(weft: Weft, thread_id: str, tool_call_id: str, answer: str, person: str) -> None:
    """What the inbox of the shop's people calls; from a browser it is the mutation `submitToolResult`."""
    await weft.approvals.submit(thread_id, tool_call_id, answer, answered_by=person)


async def take_over(weft: Weft, thread_id: str, words: str, person: str) -> None:
    """A person writes as an agent. Nothing is generated; whoever watches the thread sees it at once."""
    said = draft(role=MessageRole.ASSISTANT, content=words)
    await weft.messages.save(thread_id, [said], SaveOptions(agent_name=person))


app = create_app(agents=[support(os.environ.get("WEFT_MODEL", "demo"))])
