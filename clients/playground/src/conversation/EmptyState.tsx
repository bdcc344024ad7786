import type { AgentChoice } from "../connection/useAgents";
import { WovenMark } from "../ui/WovenMark";

const suggestions = [
  "Hello! What are you, and what can you do?",
  "Count from one to forty in words, slowly.",
  "Write three reasons to keep a chat's history on a server.",
];

/** What the demo model knows to do something with. */
const demoSuggestions = [
  "Hello! What are you, and what can you do?",
  "What is the weather in Rome?",
  "Send 250 to Ada",
];

interface EmptyStateProps {
  readonly agents: AgentChoice;
  /** Whose thread it will be, where somebody else's may be made; null where it may not. */
  readonly owner: string | null;
  readonly onSend: (text: string) => void;
}

/** What this page is, and a first thing to say. */
export function EmptyState({ agents, owner, onSend }: EmptyStateProps) {
  const agent = agents.chosen;
  const isDemo = agents.agents?.find(({ name }) => name === agent)?.model === "demo";
  return (
    <section className="empty">
      <WovenMark />
      <h2>Talk to {agent ?? "an agent"}</h2>
      <p>
        What you write is stored in a thread, an agent answers, and the answer streams live to every window that shows
        the thread. Reload in the middle: nothing is lost.
      </p>
      {owner !== null && <p className="empty__owner">{owner}</p>}
      <ul aria-label="Suggestions" className="empty__suggestions">
        {(isDemo ? demoSuggestions : suggestions).map((text) => (
          <li key={text}>
            <button type="button" disabled={agent === null} onClick={() => onSend(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
