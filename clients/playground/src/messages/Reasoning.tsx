/** What the model thought before it answered: in view while it is written, folded away afterwards. */
export function Reasoning({ text, open }: { readonly text: string; readonly open: boolean }) {
  return (
    <details className="reasoning" open={open}>
      <summary>{open ? "Thinking…" : "Thoughts"}</summary>
      <p>{text}</p>
    </details>
  );
}
