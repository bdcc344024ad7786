/** The fields of forms in the details: each with its label, and with what is wrong beside it. */

import { useId } from "react";

interface FieldProps<Value> {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

interface TextFieldProps extends FieldProps<string> {
  readonly rows: number;
  readonly placeholder?: string;
  readonly isCode?: boolean;
  readonly problem?: string | null;
}

export function TextField({ label, value, rows, placeholder, isCode = false, problem = null, onChange }: TextFieldProps) {
  const id = useId();
  return (
    <div className="details-field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className={isCode ? "details-input details-input--code" : "details-input"}
        rows={rows}
        value={value}
        placeholder={placeholder}
        spellCheck={!isCode}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        onChange={(event) => onChange(event.target.value)}
      />
      {problem !== null && <Problem id={`${id}-problem`} text={problem} />}
    </div>
  );
}

interface NumberFieldProps extends FieldProps<string> {
  readonly placeholder: string;
  readonly problem: string | null;
}

/** Text that must be a number: what is typed stays, also while it is not one yet. */
export function NumberField({ label, value, placeholder, problem, onChange }: NumberFieldProps) {
  const id = useId();
  return (
    <div className="details-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="details-input"
        inputMode="decimal"
        autoComplete="off"
        value={value}
        placeholder={placeholder}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : `${id}-problem`}
        onChange={(event) => onChange(event.target.value)}
      />
      {problem !== null && <Problem id={`${id}-problem`} text={problem} />}
    </div>
  );
}

interface ChoiceFieldProps extends FieldProps<string> {
  readonly choices: readonly string[];
}

export function ChoiceField({ label, value, choices, onChange }: ChoiceFieldProps) {
  const id = useId();
  return (
    <div className="details-field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="details-input" value={value} onChange={(event) => onChange(event.target.value)}>
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    </div>
  );
}

interface TickFieldProps extends FieldProps<boolean> {
  readonly disabled?: boolean;
}

export function TickField({ label, value, disabled = false, onChange }: TickFieldProps) {
  return (
    <label className="details-tick">
      <input type="checkbox" checked={value} disabled={disabled} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}

function Problem({ id, text }: { readonly id: string; readonly text: string }) {
  return (
    <p className="details-problem" id={id} role="alert">
      {text}
    </p>
  );
}
