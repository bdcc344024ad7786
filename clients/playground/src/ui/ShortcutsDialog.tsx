import { Dialog } from "./Dialog";
import { shortcuts } from "./shortcuts";

interface ShortcutsDialogProps {
  readonly singleKeys: boolean;
  readonly onSingleKeys: (on: boolean) => void;
  readonly onClose: () => void;
}

export function ShortcutsDialog({ singleKeys, onSingleKeys, onClose }: ShortcutsDialogProps) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <div className="keys">
        {shortcuts.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, words]) => (
                <div key={key}>
                  <dt>
                    {key
                      .split(" ")
                      .map((word, index) =>
                        word === "or" ? " or " : word === "" ? null : <kbd key={index}>{word}</kbd>,
                      )}
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="check">
        <input type="checkbox" checked={singleKeys} onChange={(event) => onSingleKeys(event.target.checked)} />
        <span>Keys without Ctrl or Alt work outside of fields</span>
      </label>
    </Dialog>
  );
}
