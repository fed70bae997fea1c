// An answer that a part of the page needs before it can show anything.

import { useEffect, useState } from 'preact/hooks';
import { reasonOf } from './ask.ts';

interface Answered<Answer> {
  readonly answer?: Answer;
  /** Empty while nothing went wrong. */
  readonly error: string;
}

/** Asks again when one of `inputs` changes. */
export function useAnswer<Answer>(
  question: () => Promise<Answer>,
  inputs: readonly unknown[],
): Answered<Answer> {
  const [state, setState] = useState<Answered<Answer>>({ error: '' });
  useEffect(() => {
    let current = true;
    question().then(
      (answer) => {
        if (current) setState({ answer, error: '' });
      },
      (error: unknown) => {
        if (current) setState({ error: reasonOf(error) });
      },
    );
    return () => {
      current = false;
    };
  }, inputs);
  return state;
}
