// The contract of an engine: one verb, `compile`. Everything above this package knows only these types.

import type { AnyNdArray, ParameterValues, Program } from '@memae/graph';

/** Values by the names of the program's inputs. An engine may read them until the run settles: do not alter them before. */
export type Feeds = Readonly<Record<string, AnyNdArray>>;

/** Values by the names of the program's outputs, with the tensors' element types, in memory of their own. */
export type Fetches<Output extends string> = Readonly<Record<Output, AnyNdArray>>;

/** A program made ready by an engine, its parameters resident where the engine computes. */
export interface Executable<Output extends string = string> extends AsyncDisposable {
  /**
   * Computes the outputs from the parameters as they are, then commits all updates at once.
   * Runs apply in the order of their calls; one that fails commits nothing and holds up none.
   * The axis `batch` takes its length from the feeds of each run.
   * @throws `BACKEND_BAD_FEED`, `BACKEND_DISPOSED`, `BACKEND_FAILED`
   */
  run(feeds: Feeds): Promise<Fetches<Output>>;
  /**
   * Copies of the parameters by name, as the runs called before have left them.
   * @throws `BACKEND_DISPOSED`
   */
  readParameters(): Promise<ParameterValues>;
}

/** An engine does one thing: it makes programs runnable. */
export interface Backend extends AsyncDisposable {
  readonly id: string;
  /** What computes, as people say it: the device and the version. */
  readonly description?: string;
  /** @throws `BACKEND_UNSUPPORTED_OP`, `BACKEND_DISPOSED`, `BACKEND_FAILED` */
  compile<Output extends string>(program: Program<Output>): Promise<Executable<Output>>;
}

/** An engine that may or may not be able to run on this machine. */
export interface BackendProvider<Id extends string = string> {
  readonly id: Id;
  /** Why it cannot run here, or `null` when it can. */
  unavailable(): Promise<string | null>;
  open(): Promise<Backend>;
}
