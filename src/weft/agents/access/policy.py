"""Who may call what: every method that the API reaches, by service. A method that is not here cannot be reached."""

from collections.abc import Mapping
from typing import Final

from weft.agents.access.live import guarded, may_follow, own_list
from weft.agents.access.rules import (
    ANYBODY,
    Rule,
    admin,
    as_a_user,
    context_of_seen,
    counted,
    entity,
    found,
    found_first,
    guests_search_here,
    hits_of_seen,
    made_by_viewer,
    no_system_message,
    no_system_messages,
    own_reach,
    own_threads,
    own_user,
    own_user_in,
    seen_messages,
    thread,
    unseen_is_gone,
    value_in_thread,
)
from weft.threads.viewers import Action

Rules = Mapping[str, Rule]

_READ: Final = thread(Action.READ)
_WRITE: Final = thread(Action.WRITE, "input", "threadId")
_DELETE: Final = thread(Action.DELETE, "input", "threadId")
_OWN_USER: Final = own_user("user_id", "input", "userId")

THREADS: Final[Rules] = {
    "create": Rule([_OWN_USER, made_by_viewer]),
    "update": Rule([_WRITE, own_user_in("changes", "input", "userId")]),
    "get": Rule(shown=found),
    "require": Rule([_READ]),
    "get_with_page": Rule(shown=found_first),
    "page": Rule([own_threads]),
    "users": Rule([admin]),
    "branch": Rule([_WRITE]),
    "delete": Rule([unseen_is_gone]),
    "delete_user_data": Rule([_OWN_USER]),
    "by_client_id": Rule([_OWN_USER, made_by_viewer]),
}
MESSAGES: Final[Rules] = {
    "send": Rule([_WRITE, guests_search_here, as_a_user, counted]),
    "save": Rule([_WRITE, own_user_in("options", "input", "userId"), no_system_messages]),
    "update": Rule([entity("message", "message_id", Action.WRITE, "input", "messageId"), no_system_message]),
    "rate": Rule([entity("message", "message_id", Action.WRITE, "input", "messageId")]),
    "delete": Rule([seen_messages]),
    "delete_range": Rule([_DELETE]),
    "get": Rule(shown=found),
    "page": Rule([_READ]),
    "ui_page": Rule([_READ]),
    "of_turn": Rule([_READ]),
    "by_client_id": Rule([_READ]),
    "turn_page": Rule([_READ]),
    "of_generation": Rule([value_in_thread("generation")]),
}
GENERATIONS: Final[Rules] = {
    "get": Rule(shown=found),
    "page": Rule([_READ]),
    "start": Rule([_WRITE, guests_search_here, as_a_user, counted]),
    "regenerate": Rule(
        [entity("message", "message_id", Action.WRITE, "input", "messageId"), guests_search_here, as_a_user, counted]
    ),
    "abort": Rule([entity("generation", "generation_id", Action.WRITE, "input", "generationId")]),
}
STREAMS: Final[Rules] = {
    "get": Rule(shown=found),
    "page": Rule([_READ]),
    "read": Rule([value_in_thread("stream")]),
    "load": Rule([value_in_thread("stream")]),
    "moment": Rule([value_in_thread("thread")]),
    "abort": Rule([_WRITE]),
    "create": Rule([_WRITE]),
    "append": Rule([entity("stream", "stream_id", Action.WRITE, "input", "streamId")]),
    "finish": Rule([entity("stream", "stream_id", Action.WRITE, "input", "streamId"), no_system_messages]),
}
APPROVALS: Final[Rules] = {
    "approve": Rule([_WRITE]),
    "deny": Rule([_WRITE]),
    "submit": Rule([_WRITE]),
    "pending": Rule([_READ]),
}
ANSWERS: Final[Rules] = {
    "generate_text": Rule([_WRITE, _OWN_USER, no_system_messages, guests_search_here, as_a_user, counted]),
    "generate_object": Rule([_WRITE, _OWN_USER, no_system_messages, guests_search_here, as_a_user, counted]),
}
FEEDS: Final[Rules] = {
    "thread": Rule([may_follow], shown=guarded),
    "thread_list": Rule([own_list]),
}
CONTEXTS: Final[Rules] = {
    "preview": Rule(
        [thread(Action.READ, "input", "threadId"), own_user("user_id", "input", "userId", default=False)],
        shown=context_of_seen,
    ),
    "of_generation": Rule([value_in_thread("generation")], shown=context_of_seen),
}
SEARCH: Final[Rules] = {
    "name": ANYBODY,
    "messages": Rule([own_user("user_id", "input", "userId", default=False), own_reach], shown=hits_of_seen),
}
KEYS: Final[Rules] = {
    "issue": Rule([admin]),
    "revoke": Rule([admin]),
    "page": Rule([admin]),
}


def for_services(rules: Rules) -> Rules | None:
    """What is left of the rules of a service for those who see every thread: what only an admin may. None: nothing."""
    if not any(admin in rule.checks for rule in rules.values()):
        return None
    return {name: rule if admin in rule.checks else ANYBODY for name, rule in rules.items()}
