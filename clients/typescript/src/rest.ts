/** A wait that can be cut short. */
export class Rest {
  private end: () => void = () => undefined;

  for(ms: number): Promise<void> {
    this.wake();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  readonly wake = (): void => this.end();
}
