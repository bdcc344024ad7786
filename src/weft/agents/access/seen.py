"""Weft as one viewer sees it: the same services, each by the policy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast

from weft.agents.access import policy
from weft.agents.access.access import Access, Authorize
from weft.agents.access.guarded import Guarded
from weft.threads.viewers import Viewer

if TYPE_CHECKING:
    from weft.agents.agent import Agent
    from weft.agents.answers import AnswerService
    from weft.agents.approval.service import ApprovalService
    from weft.agents.context.service import ContextService
    from weft.agents.generations import GenerationService
    from weft.agents.keys import KeyService
    from weft.agents.messages import MessageService
    from weft.agents.search import SearchService
    from weft.agents.streams import StreamService
    from weft.agents.threads import ThreadService
    from weft.agents.weft import Weft
    from weft.subscriptions.feeds import Feeds


class Services(Protocol):
    """What the API reaches: all of Weft for a trusted viewer, else what is the viewer's own."""

    @property
    def agents(self) -> "Mapping[str, Agent]": ...
    @property
    def threads(self) -> "ThreadService": ...
    @property
    def messages(self) -> "MessageService": ...
    @property
    def generations(self) -> "GenerationService": ...
    @property
    def streams(self) -> "StreamService": ...
    @property
    def approvals(self) -> "ApprovalService": ...
    @property
    def answers(self) -> "AnswerService": ...
    @property
    def contexts(self) -> "ContextService": ...
    @property
    def feeds(self) -> "Feeds": ...
    @property
    def search(self) -> "SearchService": ...
    @property
    def keys(self) -> "KeyService": ...


class SeenWeft:
    """For one request, or one operation of a socket."""

    def __init__(self, weft: "Weft", viewer: Viewer, authorize: Authorize | None = None) -> None:
        access = Access(weft.store, viewer, authorize, generations=weft.generations_per_viewer)
        every_thread = viewer.trusted and authorize is None

        def seen(service: object, rules: policy.Rules) -> Any:
            allowed = policy.for_services(rules) if every_thread else rules
            return cast(Any, service if allowed is None else Guarded(service, allowed, access))

        self.agents: Mapping[str, Agent] = weft.agents
        self.threads: ThreadService = seen(weft.threads, policy.THREADS)
        self.messages: MessageService = seen(weft.messages, policy.MESSAGES)
        self.generations: GenerationService = seen(weft.generations, policy.GENERATIONS)
        self.streams: StreamService = seen(weft.streams, policy.STREAMS)
        self.approvals: ApprovalService = seen(weft.approvals, policy.APPROVALS)
        self.answers: AnswerService = seen(weft.answers, policy.ANSWERS)
        self.contexts: ContextService = seen(weft.contexts, policy.CONTEXTS)
        self.feeds: Feeds = seen(weft.feeds, policy.FEEDS)
        self.search: SearchService = seen(weft.search, policy.SEARCH)
        self.keys: KeyService = seen(weft.keys, policy.KEYS)


def seen_by(weft: "Weft", viewer: Viewer, authorize: Authorize | None = None) -> Services:
    """All of Weft for an admin; for a service all that needs no admin, unless the application has rules of its own."""
    return weft if viewer.admin else SeenWeft(weft, viewer, authorize)
