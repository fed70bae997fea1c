// Which model is asked.

import type { ModelSummary } from './answers.ts';

interface ModelChoiceProps {
  readonly models: readonly ModelSummary[];
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

export function ModelChoice({ models, chosen, onChoose }: ModelChoiceProps) {
  return (
    <label class="model-choice">
      <span>Model</span>
      <select
        value={chosen}
        onChange={({ currentTarget: { value } }) => {
          onChoose(value);
        }}
      >
        {models.map(({ name, ready }) => (
          <option key={name} value={name} disabled={!ready}>
            {ready ? name : `${name} (not loaded)`}
          </option>
        ))}
      </select>
    </label>
  );
}
