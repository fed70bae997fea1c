// A model that takes arrays of no kind that people look at.

import type { ModelDescription } from './answers.ts';

export function NumbersView({ model: { name, input } }: { readonly model: ModelDescription }) {
  return (
    <section class="panel empty">
      <h2>This model takes plain numbers</h2>
      <p>
        Its input is <code>{input.dtype}</code> of <code>{input.dims.join(' × ')}</code>. Ask it by
        program, at <code>/v2/models/{name}/infer</code>; <a href="/openapi.json">openapi.json</a>{' '}
        says how.
      </p>
    </section>
  );
}
