// What is to be known of a call over another transport than HTTP's routes, from its beginning to its end.

import type { IncomingHttpHeaders } from 'node:http';

interface Call {
  /** As `inference.GRPCInferenceService/ModelInfer`, or `none` where there is no such method: of bounded number. */
  readonly method: string;
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  /** Asked every few seconds, and of no interest. */
  readonly quiet: boolean;
}

interface CallEnd {
  /** As gRPC calls it: `OK`, `NOT_FOUND`, … */
  readonly status: string;
  /** Milliseconds. */
  readonly took: number;
}

/** Has the work done, which begins the answer, and tells whom to call at its end. */
export type CallWatch = (call: Call, work: () => void) => (end: CallEnd) => void;

/** Several as one: each has its part around the next. */
export function watchAll(watches: readonly CallWatch[]): CallWatch {
  return (call, work) => {
    const ends: ((end: CallEnd) => void)[] = [];
    const all = watches.reduceRight(
      (inner, watch) => () => {
        ends.push(watch(call, inner));
      },
      work,
    );
    all();
    return (end) => {
      for (const tell of ends) tell(end);
    };
  };
}
