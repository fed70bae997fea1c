// Why one sample has its score.

import type { ModelDescription } from './answers.ts';
import { cell, percent } from './figures.ts';
import type { Judgement } from './judgement.ts';
import { MemoryItems } from './memory-items.tsx';
import type { ColumnShare, Pictures, Result } from './result.ts';
import { ScoreBar, ScoreFigures, Verdict } from './verdict.tsx';

interface ResultDetailProps {
  readonly model: ModelDescription;
  readonly result: Result;
  readonly judgement: Judgement | undefined;
}

export function ResultDetail({ model, result, judgement }: ResultDetailProps) {
  const { key, score, pictures, columns, memory } = result;
  return (
    <section class="panel detail" aria-label={`Result for ${key}`}>
      <div class="panel-head">
        <h2 class="name">{key}</h2>
        <Verdict {...{ score, judgement }} />
      </div>
      <ScoreBar {...{ score, judgement }} />
      <ScoreFigures {...{ score, judgement }} />
      {pictures && <Views {...{ pictures }} />}
      {columns && <Columns {...{ columns }} />}
      {memory && memory.length > 0 && <MemoryItems {...{ model }} uses={memory} />}
    </section>
  );
}

function Views({ pictures: { sample, reconstruction, overlay } }: { readonly pictures: Pictures }) {
  const views = [
    ['Input', sample, 'The sample as the model sees it'],
    ['Reconstruction', reconstruction, 'The sample as the model puts it together'],
    [
      'Errors',
      overlay,
      'The sample in grey, lighter and warmer where the reconstruction errs more',
    ],
  ] as const;
  return (
    <>
      <div class="views">
        {views.map(([name, source, alt]) => (
          <figure key={name}>
            <img class="pixels" src={source} alt={alt} />
            <figcaption>{name}</figcaption>
          </figure>
        ))}
      </div>
      <p class="hint">
        The warmer and lighter a place is under Errors, the further off the reconstruction is there.
      </p>
    </>
  );
}

/** Shown without asking. */
const few = 8;

function Columns({ columns }: { readonly columns: readonly ColumnShare[] }) {
  return (
    <>
      <h3>What made the score</h3>
      <ColumnTable columns={columns.slice(0, few)} />
      {columns.length > few && (
        <details>
          <summary>{columns.length - few} more columns</summary>
          <ColumnTable columns={columns.slice(few)} />
        </details>
      )}
    </>
  );
}

function ColumnTable({ columns }: { readonly columns: readonly ColumnShare[] }) {
  return (
    <table class="columns">
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">Value</th>
          <th scope="col">Expected</th>
          <th scope="col">Share of the error</th>
        </tr>
      </thead>
      <tbody>
        {columns.map(({ name, value, expected, share }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{cell(value)}</td>
            <td class="number">{cell(expected)}</td>
            <td class="share">
              <meter min={0} max={1} value={share} aria-hidden="true" />
              <span class="number">{percent(share)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
