// A model of tables: files, text that is pasted, or rows of the artifact. Rows of a series are taken together, in the order of time.

import { useId, useState } from 'preact/hooks';
import { DropZone } from './drop-zone.tsx';
import { FilesView } from './files-view.tsx';
import { scoreFiles } from './score.ts';
import { useScoring } from './use-scoring.ts';
import type { ViewProps } from './view.ts';

export function RowsView(view: ViewProps) {
  const { model } = view;
  const scoring = useScoring();
  const id = useId();
  const [text, setText] = useState('');
  const { columns, examples } = model;
  const isSeries = model.intake === 'series';
  const samples = examples.samples.flatMap(({ values }) => (values ? [values] : []));
  const score = (files: readonly File[]): void => {
    scoring.clear();
    scoring.start((tell) => scoreFiles(model, files, tell));
  };
  const scoreText = (pasted: string, name: string): void => {
    const isJson = /^\s*[[{]/.test(pasted);
    score([
      isJson
        ? new File([pasted], `${name}.jsonl`, { type: 'application/x-ndjson' })
        : new File([pasted], `${name}.csv`, { type: 'text/csv' }),
    ]);
  };
  const scoreExamples = (): void => {
    const rows = samples.map((values) => JSON.stringify(Object.fromEntries(values)));
    scoreText(rows.join('\n'), 'samples');
  };
  return (
    <FilesView {...view} noun={isSeries ? 'step' : 'row'} scoring={scoring}>
      <DropZone
        what="a table"
        accept=".csv,.tsv,.json,.jsonl,.ndjson,text/csv"
        multiple={false}
        hint={
          `CSV, TSV or JSON lines; ${columns.length} columns, found by their names.` +
          (isSeries
            ? ' The rows follow each other in time, and each is scored by those around it.'
            : '')
        }
        onFiles={score}
      />
      <form
        class="paste"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') scoreText(text, 'rows');
        }}
      >
        <label for={id}>Or paste rows, with the columns’ names above them</label>
        <textarea
          id={id}
          rows={4}
          spellcheck={false}
          value={text}
          placeholder={columns.map(({ name }) => name).join(',')}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
          }}
        />
        <div class="actions">
          <button type="submit" disabled={text.trim() === ''}>
            Score rows
          </button>
          {samples.length > 0 && (
            <button type="button" class="quiet" onClick={scoreExamples}>
              Try {samples.length} rows it was not trained on
            </button>
          )}
        </div>
      </form>
    </FilesView>
  );
}
