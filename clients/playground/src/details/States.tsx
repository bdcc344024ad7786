/** What a tab shows when it has nothing to show: that it is coming, that there is none, or why not. */

import type { ReactNode } from "react";
import type { WeftError } from "weft-client";

import type { Asked } from "./useAsked";

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="details-state" role="status">
      <span className="details-state__bars" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span className="unseen">Reading {what}…</span>
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="details-state">
      <p className="details-state__title">{title}</p>
      {children && <p className="details-state__text">{children}</p>}
    </div>
  );
}

interface FailedProps {
  readonly what: string;
  readonly error: WeftError;
  readonly onAgain: () => void;
}

export function Failed({ what, error, onAgain }: FailedProps) {
  return (
    <div className="details-failed" role="alert">
      <p className="details-failed__title">{what} cannot be shown</p>
      <p>{error.message}</p>
      <button className="details-button" type="button" onClick={onAgain}>
        Try again
      </button>
    </div>
  );
}

interface AnswerProps<Value> {
  readonly asked: Asked<Value>;
  readonly what: string;
  readonly children: (value: Value) => ReactNode;
}

/** The answer; while there is none, that it is coming or why it does not come. */
export function Answered<Value>({ asked, what, children }: AnswerProps<Value>) {
  const { value, error, again } = asked;
  return (
    <>
      {error && <Failed what={what} error={error} onAgain={again} />}
      {value !== null && children(value)}
      {value === null && !error && <Loading what={what.toLowerCase()} />}
    </>
  );
}
