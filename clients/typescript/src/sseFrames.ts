/** Server-sent events out of a body that comes in pieces, https://html.spec.whatwg.org/multipage/server-sent-events.html. */

export interface Frame {
  readonly event: string;
  readonly data: string;
}

export class SseFrames {
  private rest = "";
  private afterReturn = false;
  private event = "";
  private data: string[] = [];

  /** The events that this piece of text completes. A line break may be cut in two. */
  take(text: string): Frame[] {
    if (text === "") return [];
    const fresh = this.afterReturn && text.startsWith("\n") ? text.slice(1) : text;
    this.afterReturn = text.endsWith("\r");
    const lines = fresh.split(/\r\n?|\n/);
    lines[0] = this.rest + (lines[0] ?? "");
    this.rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): Frame[] {
    if (line === "") return this.end();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.event = value;
    if (field === "data") this.data.push(value);
    return [];
  }

  private end(): Frame[] {
    const frame = { event: this.event || "message", data: this.data.join("\n") };
    const isEmpty = this.event === "" && this.data.length === 0;
    this.event = "";
    this.data = [];
    return isEmpty ? [] : [frame];
  }
}
