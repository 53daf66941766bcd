/** Lets one waiter know that something happened; what happens before it waits is not lost, and counts once. */
export class Latch {
  #isSet = false;
  #release: (() => void) | undefined;

  set(): void {
    this.#isSet = true;
    this.#release?.();
  }

  async wait(): Promise<void> {
    if (!this.#isSet) {
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
    }
    this.#isSet = false;
    this.#release = undefined;
  }
}
