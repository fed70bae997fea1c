export type { Backend, BackendProvider, Executable, Feeds, Fetches } from './backend.ts';
export { checkFeeds } from './check-feeds.ts';
export { type BackendErrorCode, backendError } from './error.ts';
export { type Computation, createExecutable } from './executable.ts';
export { openBackend } from './open-backend.ts';
export { type Serial, serial } from './serial.ts';
