import { differenceOf } from "./contextItems";
import { ContextList } from "./ContextList";
import type { ContextItemFragment } from "./operations";
import { Answered, Empty } from "./States";
import type { Asked } from "./useAsked";
import type { PreviewSubject } from "./useContextPreview";
import type { Receipt } from "./useReceipt";
import { count } from "./words";

interface ContextPreviewProps {
  readonly preview: Asked<readonly ContextItemFragment[]>;
  readonly subject: PreviewSubject;
  readonly maxTokens: number | null;
  /** What the model was shown when it answered; null if it has not. */
  readonly seen: Receipt | null;
}

/** What would be sent with these options; it stays in view, dimmed, while it is asked for again. */
export function ContextPreview({ preview, subject, maxTokens, seen }: ContextPreviewProps) {
  const isIdle = !preview.isAsking && preview.value === null && preview.error === null;
  if (isIdle) {
    return subject.target === null ? (
      <Empty title="What would you ask?">Write it above to see what the model would be shown with it.</Empty>
    ) : (
      <Empty title="An option is not right">Mend it above to see what the model would be shown.</Empty>
    );
  }
  return (
    <div aria-busy={preview.isAsking}>
      <Answered asked={preview} what="The preview">
        {(items) => (
          <>
            {seen && <Difference items={items} seen={seen} />}
            <ContextList items={items} maxTokens={maxTokens} />
          </>
        )}
      </Answered>
    </div>
  );
}

function Difference({ items, seen }: { readonly items: readonly ContextItemFragment[]; readonly seen: Receipt }) {
  const sent = (all: readonly ContextItemFragment[]) => all.filter((item) => item.leftOut === null && item.source !== "RESPONSE");
  const { onlyPreview, onlySeen } = differenceOf(sent(items), sent(seen.context));
  if (onlyPreview + onlySeen === 0) return <p className="context-note">The same messages as the model really saw.</p>;
  return (
    <p className="context-note context-note--differs">
      {onlyPreview > 0 && `${count(onlyPreview, "message")} more than the model really saw. `}
      {onlySeen > 0 && `${count(onlySeen, "message")} that it saw would be missing.`}
    </p>
  );
}
