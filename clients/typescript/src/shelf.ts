/** Stores by name, followed while somebody keeps them and a moment longer: what is mounted again at once is not read again. */

const LINGER_MS = 2_000;
/** Stores that nobody keeps are forgotten beyond so many, the ones used longest ago first. */
const FORGOTTEN_BEYOND = 20;

interface Kept {
  open(): void;
  close(): void;
}

export class Shelf<Store extends Kept> {
  private readonly named = new Map<string, Store>();
  private readonly keepers = new Map<Store, number>();
  private readonly lingering = new Map<Store, ReturnType<typeof setTimeout>>();

  get(name: string, make: () => Store): Store {
    const store = this.named.get(name) ?? make();
    this.put(name, store);
    return store;
  }

  put(name: string, store: Store): void {
    this.named.delete(name);
    this.named.set(name, store);
    const idle = [...this.named].filter(([, other]) => other !== store && !this.isOpen(other));
    for (const [other] of idle.slice(0, -FORGOTTEN_BEYOND)) this.named.delete(other);
  }

  keep(store: Store): () => void {
    clearTimeout(this.lingering.get(store));
    this.lingering.delete(store);
    this.keepers.set(store, (this.keepers.get(store) ?? 0) + 1);
    store.open();
    let kept = true;
    return () => {
      if (kept) this.let(store);
      kept = false;
    };
  }

  clear(): void {
    for (const timer of this.lingering.values()) clearTimeout(timer);
    for (const store of [...this.keepers.keys(), ...this.lingering.keys()]) store.close();
    this.lingering.clear();
    this.keepers.clear();
    this.named.clear();
  }

  private let(store: Store): void {
    const left = (this.keepers.get(store) ?? 1) - 1;
    if (left > 0) {
      this.keepers.set(store, left);
      return;
    }
    this.keepers.delete(store);
    const timer = setTimeout(() => {
      this.lingering.delete(store);
      store.close();
    }, LINGER_MS);
    this.lingering.set(store, timer);
  }

  private isOpen(store: Store): boolean {
    return this.keepers.has(store) || this.lingering.has(store);
  }
}
