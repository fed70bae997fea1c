// What goes on and what went wrong, said aloud by screen readers.

export function Notices({
  progress,
  error,
}: {
  readonly progress: string;
  readonly error: string;
}) {
  return (
    <>
      <p class={progress ? 'notice progress' : 'hidden'} role="status">
        {progress}
      </p>
      {error && (
        <p class="notice error" role="alert">
          <span aria-hidden="true">⚠</span> {error}
        </p>
      )}
    </>
  );
}
