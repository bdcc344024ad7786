import { useId } from "react";

interface SwitchProps<Name extends string> {
  readonly label: string;
  readonly choices: readonly { readonly name: Name; readonly title: string }[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}

/** One of a few, side by side. */
export function Switch<Name extends string>({ label, choices, chosen, onChoose }: SwitchProps<Name>) {
  const group = useId();
  return (
    <fieldset className="details-switch">
      <legend className="unseen">{label}</legend>
      {choices.map(({ name, title }) => (
        <label key={name} className="details-switch__choice">
          <input type="radio" name={group} checked={name === chosen} onChange={() => onChoose(name)} />
          <span>{title}</span>
        </label>
      ))}
    </fieldset>
  );
}
