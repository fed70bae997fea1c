// `await using` for a Node.js that does not know it yet.

/** Works with a resource and disposes of it, whatever happens. */
export async function use<R extends AsyncDisposable, T>(
  resource: R,
  work: (resource: R) => Promise<T>,
): Promise<T> {
  try {
    return await work(resource);
  } finally {
    await resource[Symbol.asyncDispose]();
  }
}
