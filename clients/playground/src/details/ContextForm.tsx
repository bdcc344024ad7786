/** The options of a context to try out. What is not touched, the agent decides. */

import { useId } from "react";

import { ChoiceField, NumberField, TextField, TickField } from "./fields";
import { newContextChoice, type ContextChoice } from "./contextChoice";
import { isChanged, optionsLine, problemsOf, type Changes, type Fields } from "./contextOptions";
import type { AgentDetails } from "./useAgentDetails";
import type { PreviewSubject } from "./useContextPreview";

interface ContextFormProps {
  readonly agents: readonly AgentDetails[];
  readonly agent: AgentDetails;
  /** What the agent does by itself. */
  readonly own: Fields;
  readonly subject: PreviewSubject;
  readonly choice: ContextChoice;
  readonly onChoose: (choice: ContextChoice) => void;
}

export function ContextForm({ agents, agent, own, subject, choice, onChoose }: ContextFormProps) {
  const { changes, searchText } = choice;
  const prompt = choice.prompt?.of === subject.of ? choice.prompt.text : subject.prompt;
  const change = (more: Changes) => onChoose({ ...choice, changes: { ...changes, ...more } });
  const isRewritten = choice.prompt?.of === subject.of && choice.prompt.text !== subject.prompt;
  const isTouched = isChanged(own, changes) || choice.agentName !== null || isRewritten || searchText !== "";
  const reset = () => onChoose({ ...newContextChoice, isOpen: choice.isOpen });
  return (
    <form className="context-form" aria-label="Options of the context" onSubmit={(event) => event.preventDefault()}>
      <TextField
        label={subject.target === null ? "Your message" : "Asked"}
        value={prompt}
        rows={2}
        onChange={(text) => onChoose({ ...choice, prompt: { of: subject.of, text } })}
      />
      <ChoiceField
        label="Answered by"
        value={agent.name}
        choices={agents.map(({ name }) => name)}
        onChange={(agentName) => onChoose({ ...choice, agentName })}
      />
      <details
        className="context-form__options"
        open={choice.isOpen}
        onToggle={(event) => {
          const isOpen = event.currentTarget.open;
          if (isOpen !== choice.isOpen) onChoose({ ...choice, isOpen });
        }}
      >
        <summary>
          <span className="context-form__options-title">Options</span>
          <span className="context-form__options-line">{optionsLine(own, changes)}</span>
        </summary>
        <div className="context-form__options-body">
          <div className="context-form__grid">
            <Numbers own={own} changes={changes} names={["recentMessages", "maxTokens"]} onChange={change} />
          </div>
          <div className="context-form__ticks">
            <TickField
              label="Leave out tool calls"
              value={changes.excludeToolMessages ?? own.excludeToolMessages}
              onChange={(excludeToolMessages) => change({ excludeToolMessages })}
            />
            <TickField
              label="Search older messages"
              value={changes.isSearching ?? own.isSearching}
              onChange={(isSearching) => change({ isSearching })}
            />
          </div>
          {(changes.isSearching ?? own.isSearching) && (
            <SearchFields
              agent={agent}
              own={own}
              changes={changes}
              searchText={searchText}
              onChange={change}
              onSearchText={(text) => onChoose({ ...choice, searchText: text })}
            />
          )}
        </div>
      </details>
      {isTouched && (
        <button className="details-button" type="button" onClick={reset}>
          Back to what the agent does
        </button>
      )}
    </form>
  );
}

interface SearchFieldsProps {
  readonly agent: AgentDetails;
  readonly own: Fields;
  readonly changes: Changes;
  readonly searchText: string;
  readonly onChange: (changes: Changes) => void;
  readonly onSearchText: (text: string) => void;
}

const numbers = ["limit", "vectorScoreThreshold", "before", "after"] as const;

function SearchFields({ agent, own, changes, searchText, onChange, onSearchText }: SearchFieldsProps) {
  const hint = useId();
  const tick = (label: string, name: "textSearch" | "vectorSearch" | "searchOtherThreads", disabled = false) => (
    <TickField
      label={label}
      value={changes[name] ?? own[name]}
      disabled={disabled}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  const isBlind = agent.embeddingModel === null;
  return (
    <fieldset className="context-form__search" aria-describedby={isBlind ? hint : undefined}>
      <legend>Search</legend>
      <TextField label="Search for" value={searchText} rows={1} placeholder="The text that is asked" onChange={onSearchText} />
      <div className="context-form__ticks">
        {tick("By words", "textSearch")}
        {tick("By meaning", "vectorSearch", isBlind)}
        {tick("In other threads too", "searchOtherThreads")}
      </div>
      {isBlind && (
        <p className="context-form__hint" id={hint}>
          {agent.name} has no embedding model, so its threads cannot be searched by meaning.
        </p>
      )}
      <div className="context-form__grid">
        <Numbers own={own} changes={changes} names={numbers} onChange={onChange} />
      </div>
    </fieldset>
  );
}

const labels = {
  recentMessages: "Recent messages",
  maxTokens: "Most tokens",
  limit: "Most finds",
  vectorScoreThreshold: "Least cosine",
  before: "Turns before a find",
  after: "Turns after a find",
} as const;

interface NumbersProps {
  readonly own: Fields;
  readonly changes: Changes;
  readonly names: readonly (keyof typeof labels)[];
  readonly onChange: (changes: Changes) => void;
}

function Numbers({ own, changes, names, onChange }: NumbersProps) {
  const problems = problemsOf(changes);
  return names.map((name) => (
    <NumberField
      key={name}
      label={labels[name]}
      value={changes[name] ?? own[name]}
      placeholder={own[name] || "No limit"}
      problem={problems[name] ?? null}
      onChange={(value) => onChange({ [name]: value })}
    />
  ));
}
