// Frames between a source that does not wait and a model that may be slower: never more than so many, the oldest let go.

/** Where items wait to be taken. */
export interface FrameQueue<T> {
  /** Settles when there is room for more; at once where old ones are let go for it. */
  push(item: T): Promise<void>;
  /** Up to `most` of them, one at least; nothing once the queue has ended. */
  take(most: number): Promise<T[] | undefined>;
  end(): void;
}

export interface FrameQueueOptions {
  readonly limit: number;
  /** A full queue lets go of its older half at once, so that what is left are unbroken runs; without it, it has the source wait. */
  readonly onDropped?: ((count: number) => void) | undefined;
}

export function frameQueue<T>({ limit, onDropped }: FrameQueueOptions): FrameQueue<T> {
  const items: T[] = [];
  let ended = false;
  let changed = signal();
  const change = (): void => {
    changed.fire();
    changed = signal();
  };
  return {
    push: async (item) => {
      if (items.length >= limit && onDropped) {
        onDropped(items.splice(0, Math.ceil(limit / 2)).length);
      }
      while (items.length >= limit && !ended) await changed.fired;
      items.push(item);
      change();
    },
    take: async (most) => {
      while (items.length === 0 && !ended) await changed.fired;
      const taken = items.splice(0, most);
      change();
      return taken.length === 0 ? undefined : taken;
    },
    end: () => {
      ended = true;
      change();
    },
  };
}

function signal(): { readonly fired: Promise<void>; readonly fire: () => void } {
  let fire = (): void => undefined;
  const fired = new Promise<void>((settle) => {
    fire = settle;
  });
  return { fired, fire };
}
