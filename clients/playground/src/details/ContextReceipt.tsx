import { ContextList } from "./ContextList";
import { Answered, Empty } from "./States";
import type { Asked } from "./useAsked";
import type { Receipt } from "./useReceipt";

/** What the newest model call of the turn was sent, as it was noted then. */
export function ContextReceipt({ receipt }: { readonly receipt: Asked<Receipt> }) {
  return (
    <Answered asked={receipt} what="What the model saw">
      {({ context, contextProblems, contextSearchText }) =>
        context.length === 0 ? (
          <Empty title="No model was asked yet">
            Nothing was noted for this turn: it has no answer, or its model has not been called.
          </Empty>
        ) : (
          <>
            {contextSearchText !== null && (
              <p className="context-note">
                Searched for <q>{contextSearchText}</q>
              </p>
            )}
            {contextProblems.map((problem, index) => (
              <p className="context-note context-note--problem" key={index}>
                {problem}
              </p>
            ))}
            <ContextList items={context} maxTokens={null} />
          </>
        )
      }
    </Answered>
  );
}
