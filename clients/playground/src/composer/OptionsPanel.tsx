import type { SendOptions } from "./outgoing";

interface OptionsPanelProps {
  readonly id: string;
  readonly options: SendOptions;
  readonly onChange: (options: SendOptions) => void;
}

/** What the next answers are made with. It goes along with messages, edits and regenerations until it is changed. */
export function OptionsPanel({ id, options, onChange }: OptionsPanelProps) {
  const set = (change: Partial<SendOptions>) => onChange({ ...options, ...change });
  return (
    <div className="options" id={id} role="group" aria-label="Options of the answer">
      <label className="field options__wide">
        <span className="field__name">Instructions</span>
        <textarea
          className="field__input"
          rows={2}
          placeholder="In place of its own system prompt"
          value={options.instructions}
          onChange={(event) => set({ instructions: event.target.value })}
        />
      </label>
      <label className="field">
        <span className="field__name">Model</span>
        <input
          className="field__input field__input--code"
          spellCheck={false}
          autoComplete="off"
          placeholder="its own, or openai:gpt-5-mini"
          value={options.model}
          onChange={(event) => set({ model: event.target.value })}
        />
      </label>
      <div className="options__checks">
        <label className="check">
          <input
            type="checkbox"
            checked={options.answers}
            onChange={(event) => set({ answers: event.target.checked })}
          />
          <span>Answer it</span>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={options.streams}
            onChange={(event) => set({ streams: event.target.checked })}
          />
          <span>Stream</span>
        </label>
      </div>
    </div>
  );
}
