// Asking the server: its refusals in its own words, and patience where it is busy.

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface AskOptions extends RequestInit {
  /** Told that the server is busy, and for how long it is left alone; seconds. */
  readonly onBusy?: (seconds: number) => void;
}

/** Often enough for a rush, seldom enough for an answer that is of use. */
const tries = 6;

/**
 * The JSON of an answer. A server that is busy is asked again when it says so.
 * @throws `Refusal` with the server's message
 */
export async function ask<Answer>(
  path: string,
  { onBusy, ...init }: AskOptions = {},
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(path, init);
    const wait = Number(response.headers.get('retry-after') ?? NaN);
    if (response.status === 503 && wait >= 0 && attempt < tries) {
      onBusy?.(wait);
      await pause(wait * 1000, init.signal);
      continue;
    }
    const answer = (await response.json().catch(() => undefined)) as unknown;
    if (response.ok && answer !== undefined) return answer as Answer;
    throw new Refusal(
      response.status,
      messageOf(answer) ?? `The server answered ${response.status}.`,
    );
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new Refusal(0, 'The server does not answer. See whether it still runs, then try again.');
  }
}

function messageOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  return String(answer.error);
}

function pause(milliseconds: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('Stopped', 'AbortError'));
    });
  });
}
