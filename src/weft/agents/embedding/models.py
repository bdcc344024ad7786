"""Which embedding models this process knows, and which of them stands for which: agents are configured with one, and a
migration may have put another in its place. What is stored of migrations is read again every few seconds.
"""

from collections.abc import Iterable, Mapping, Sequence

from weft.agents.agent import Agent
from weft.errors import ConfigError
from weft.llm.embeddings import EmbeddingModel, resolve_embeddings, spec_of
from weft.threads.embeddings import BOTH, SWITCHED, Migration


class Models:
    """`more`: models that no agent has, but that vectors can be moved to."""

    def __init__(self, agents: Mapping[str, Agent], more: Iterable[EmbeddingModel] = ()) -> None:
        self._agents = agents
        self._named: dict[str, EmbeddingModel] = {spec_of(model): model for model in more}
        for agent in agents.values():
            if (model := agent.embeddings) is not None:
                self._named.setdefault(spec_of(model), model)
        self._migrations: Sequence[Migration] = ()

    def register(self, model: EmbeddingModel) -> None:
        """Makes a model known by its name."""
        self._named.setdefault(spec_of(model), resolve_embeddings(model))

    def set_migrations(self, migrations: Sequence[Migration]) -> None:
        self._migrations = migrations

    def of(self, model: str | EmbeddingModel) -> EmbeddingModel:
        """The model that is named. Raises ConfigError when nobody knows it."""
        if not isinstance(model, str):
            self.register(model)
            return model
        if model not in self._named:
            self._named[model] = resolve_embeddings(model)
        return self._named[model]

    def current(self, model: EmbeddingModel) -> EmbeddingModel:
        """The model that stands for this one: itself, as a rule."""
        return self.of(spec) if (spec := self.current_name(spec_of(model))) != spec_of(model) else model

    def current_name(self, model: str) -> str:
        instead = {way.from_model: way.to_model for way in self._migrations if way.state in SWITCHED}
        seen = {model}
        while (found := instead.get(model)) is not None and found not in seen:
            model = found
            seen.add(found)
        return model

    @property
    def at_save(self) -> tuple[str, ...]:
        """The models whose vectors new messages get."""
        wanted: dict[str, None] = {}
        for agent in self._agents.values():
            if agent.embed_messages and (name := agent.embedding_name) is not None:
                wanted[self.current_name(name)] = None
        for way in self._migrations:
            if way.state in BOTH and way.from_model in wanted:
                wanted[way.to_model] = None
        return tuple(wanted)

    @property
    def workable(self) -> dict[str, EmbeddingModel]:
        """All that this process can make vectors with, by name."""
        found = dict(self._named)
        for way in self._migrations:
            for name in (way.from_model, way.to_model):
                if name not in found and (model := self._resolved(name)) is not None:
                    found[name] = model
        return found

    @staticmethod
    def _resolved(name: str) -> EmbeddingModel | None:
        try:
            return resolve_embeddings(name)
        except ConfigError:
            return None

    def agent_for(self, model: str, name: str | None = None) -> Agent | None:
        """Whose vectors they are: the agent of that name if it uses the model, else the first that does."""
        users = [
            agent
            for agent in self._agents.values()
            if (configured := agent.embedding_name) is not None and model in self._uses(configured)
        ]
        return next((agent for agent in users if agent.name == name), next(iter(users), None))

    def _uses(self, configured: str) -> set[str]:
        """What an agent with this model has vectors of."""
        used = {configured, self.current_name(configured)}
        return used | {way.to_model for way in self._migrations if way.state in BOTH and way.from_model in used}
