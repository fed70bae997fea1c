// What a sample was put together from: the memory items with the highest weights, what each decodes to, and the training
// sample that reads it the most.

import type { ExampleSummary, ModelDescription } from './answers.ts';
import { ExamplePicture } from './example-picture.tsx';
import { cell, percent } from './figures.ts';
import type { ItemUse } from './result.ts';

interface MemoryItemsProps {
  readonly model: ModelDescription;
  readonly uses: readonly ItemUse[];
}

export function MemoryItems({ model, uses }: MemoryItemsProps) {
  const { items, training } = model.examples;
  const known = uses.map((use) => {
    const place = items.findIndex(({ item }) => item === use.item);
    const { decoded, nearest } = items[place] ?? { decoded: null, nearest: [] };
    const [sample] = nearest;
    return {
      ...use,
      decoded: decoded && { example: decoded, place },
      trained: sample === undefined ? null : { example: training[sample], place: sample },
    };
  });
  const hasPictures = known.some(({ decoded, trained }) =>
    [decoded, trained].some((each) => (each?.example?.pictures ?? 0) > 0),
  );
  return (
    <section class="memory">
      <h3>Put together from these memory items</h3>
      <ol class={hasPictures ? 'items' : 'items plain'}>
        {known.map(({ item, weight, decoded, trained }) => (
          <li key={item} class="item">
            {hasPictures && (
              <div class="item-pictures">
                {decoded && (
                  <ExamplePicture
                    model={model}
                    kind="items"
                    index={decoded.place}
                    example={decoded.example}
                    alt={`Item ${item}, decoded`}
                  />
                )}
                {trained?.example && (
                  <ExamplePicture
                    model={model}
                    kind="training"
                    index={trained.place}
                    example={trained.example}
                    alt={`The training sample that reads item ${item} the most: ${trained.example.key}`}
                  />
                )}
              </div>
            )}
            <div class="item-weight">
              <span>Item {item}</span>
              <span class="number">{percent(weight)}</span>
              <meter
                class="weight"
                min={0}
                max={1}
                value={weight}
                aria-label={`Weight of item ${item}`}
              />
            </div>
            {!hasPictures && decoded?.example.values && (
              <ItemValues decoded={decoded.example} trained={trained?.example} />
            )}
          </li>
        ))}
      </ol>
      {hasPictures && (
        <p class="hint">Beside each decoded item, the training sample that reads it the most.</p>
      )}
    </section>
  );
}

function ItemValues({
  decoded,
  trained,
}: {
  readonly decoded: ExampleSummary;
  readonly trained: ExampleSummary | undefined;
}) {
  const others = new Map(trained?.values);
  return (
    <details>
      <summary>What it stands for</summary>
      <table class="columns">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Decoded</th>
            <th scope="col">Row nearest to it</th>
          </tr>
        </thead>
        <tbody>
          {decoded.values?.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{cell(value)}</td>
              <td class="number">{cell(others.get(name))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
