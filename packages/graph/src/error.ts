// Every error this project throws carries a stable code to branch on and a message to read.

/** An error with a stable `code`; its message says what was expected, what came, and what to do. */
export class MemaeError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MemaeError';
    this.code = code;
  }
}

/** Recognises an error by its code, even across duplicate copies of this package. */
export function hasCode<Code extends string>(
  error: unknown,
  code: Code,
): error is MemaeError<Code> {
  return error instanceof Error && 'code' in error && error.code === code;
}
