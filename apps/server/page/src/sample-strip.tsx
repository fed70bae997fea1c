// Held-out samples of the artifact, to try the model without files of one's own.

import type { ModelDescription } from './answers.ts';
import { ExamplePicture } from './example-picture.tsx';

interface SampleStripProps {
  readonly model: ModelDescription;
  readonly onSample: (index: number) => void;
}

export function SampleStrip({ model, onSample }: SampleStripProps) {
  const { samples } = model.examples;
  if (samples.length === 0) return null;
  return (
    <div class="samples">
      <h2 class="minor">Or try a sample that it was not trained on</h2>
      <ul class="strip">
        {samples.map((example, index) => (
          <li key={example.key}>
            <button
              type="button"
              class="sample"
              aria-label={`Score the sample ${example.key}`}
              onClick={() => {
                onSample(index);
              }}
            >
              <ExamplePicture {...{ model, index, example }} kind="samples" alt="" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
