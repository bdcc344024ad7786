/**
 * Reveals text at a pace that adapts to how fast it comes. Constants and formula are the reference's
 * (@convex-dev/agent `useSmoothText`): each change sets a new speed, each tick shows speed times elapsed characters.
 */

export interface SmoothTextOptions {
  /** Characters a second at first; 128 unless told otherwise. */
  readonly charsPerSec?: number;
  /** True reveals even the text that is there at first sight. */
  readonly startStreaming?: boolean;
}

export const TICK_MS = 50;
const FIRST_CHARS_PER_SEC = 128;

export class TextSmoother {
  /** Characters that are shown. */
  private shown: number;
  private tickedAt: number;
  private changedAt: number;
  private charsPerMs: number;
  private isFirstChange = true;

  constructor(
    private text: string,
    options: SmoothTextOptions,
    now: number,
  ) {
    this.shown = options.startStreaming === true ? 0 : text.length;
    this.charsPerMs = (options.charsPerSec ?? FIRST_CHARS_PER_SEC) / 1000;
    this.tickedAt = now;
    this.changedAt = now;
  }

  /** A character of two halves, such as an emoji, is shown when both are due. */
  get visible(): string {
    const { cursor } = this;
    const code = cursor < this.text.length ? this.text.charCodeAt(cursor - 1) : 0;
    return this.text.slice(0, code >= 0xd800 && code < 0xdc00 ? cursor - 1 : cursor);
  }

  get cursor(): number {
    return Math.floor(this.shown);
  }

  /** More is to be shown. */
  get isStreaming(): boolean {
    return Math.floor(this.shown) < this.text.length;
  }

  change(text: string, now: number): void {
    if (text === this.text) return;
    const added = Math.max(0, text.length - this.text.length);
    const elapsed = Math.max(1, now - this.changedAt);
    const latest = added / elapsed;
    const lag = (this.text.length - this.shown) / elapsed;
    const correction = this.isFirstChange ? 0 : Math.max(0, (latest - this.charsPerMs + lag) / 2);
    const target = latest + correction;
    this.charsPerMs = Math.min((2 * target + this.charsPerMs) / 3, 2 * this.charsPerMs);
    if (!this.isStreaming) this.tickedAt = now;
    this.isFirstChange = false;
    this.changedAt = now;
    this.text = text;
    this.shown = Math.min(this.shown, text.length);
  }

  /** Shows what is due; true when that changed what is visible. */
  tick(now: number): boolean {
    const before = this.cursor;
    this.shown = Math.min(this.text.length, this.shown + this.charsPerMs * (now - this.tickedAt));
    this.tickedAt = now;
    return this.cursor !== before;
  }
}
