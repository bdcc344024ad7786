/** A transport whose code is loaded when somebody first listens: most applications never need it. */

import { unreachable } from "./errors.js";
import { Connection, type Subscriber, type Subscriptions } from "./subscriptions.js";

export class LateSubscriptions implements Subscriptions {
  readonly connection = new Connection();
  private loading: Promise<Subscriptions> | null = null;

  constructor(private readonly load: (connection: Connection) => Promise<Subscriptions>) {}

  readonly subscribe = (subscriber: Subscriber): (() => void) => {
    let wanted = true;
    let stop = () => undefined as void;
    this.loading ??= this.load(this.connection);
    this.loading.then(
      (live) => {
        if (wanted) stop = live.subscribe(subscriber);
      },
      () => {
        this.loading = null;
        if (wanted) subscriber.ended(unreachable());
      },
    );
    return () => {
      wanted = false;
      stop();
    };
  };

  readonly reconnect = (): void => {
    void this.loading?.then((live) => live.reconnect());
  };

  readonly close = (): void => {
    void this.loading?.then((live) => live.close());
  };
}
