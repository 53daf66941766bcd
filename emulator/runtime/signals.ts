/**
 * Wakes whoever waits for something to happen, without a poll: a store notifies a topic (say, a stream's ARN) after its
 * write, a poller listens. A signal carries no data: the listener reads the store.
 */
export class Signals {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** @returns a function that ends the subscription */
  listen(topic: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(topic, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
    };
  }

  notify(topic: string): void {
    const listeners = this.#listeners.get(topic);
    if (listeners) for (const listener of listeners) listener();
  }
}
