// Where files come in: dropped, or chosen by mouse or keyboard.

import { useId, useState } from 'preact/hooks';

interface DropZoneProps {
  /** What is wanted, as `pictures`. */
  readonly what: string;
  /** As in `<input accept>`. */
  readonly accept: string;
  readonly multiple: boolean;
  readonly hint: string;
  readonly onFiles: (files: readonly File[]) => void;
}

export function DropZone({ what, accept, multiple, hint, onFiles }: DropZoneProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const take = (list: FileList | null | undefined): void => {
    const files = [...(list ?? [])];
    if (files.length > 0) onFiles(multiple ? files : files.slice(0, 1));
  };
  return (
    <div
      class={over ? 'drop-zone over' : 'drop-zone'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <svg class="drop-sign" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M12 16V4m0 0 5 5m-5-5L7 9M4 15v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3" />
      </svg>
      <p>
        Drop {what} here, or{' '}
        <input
          id={id}
          class="file-input"
          type="file"
          accept={accept}
          multiple={multiple}
          aria-describedby={`${id}-hint`}
          onChange={({ currentTarget }) => {
            take(currentTarget.files);
            // The same file may be chosen again.
            currentTarget.value = '';
          }}
        />
        <label class="button" for={id}>
          Choose {what}
        </label>
      </p>
      <p id={`${id}-hint`} class="hint">
        {hint}
      </p>
    </div>
  );
}
