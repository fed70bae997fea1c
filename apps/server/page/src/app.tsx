// The whole page: which models there are, the one that is chosen, and its view.

import { useEffect, useState } from 'preact/hooks';
import type { Intake, ModelDescription, ModelSummary } from './answers.ts';
import { ask } from './ask.ts';
import { count } from './figures.ts';
import { type Judgement, judgementOf } from './judgement.ts';
import { ModelChoice } from './model-choice.tsx';
import { NumbersView } from './numbers-view.tsx';
import { PicturesView } from './pictures-view.tsx';
import { RowsView } from './rows-view.tsx';
import { ThemeButton } from './theme.tsx';
import { useAnswer } from './use-answer.ts';
import { VideoView } from './video-view.tsx';
import type { ViewProps } from './view.ts';

const views: Readonly<Record<Intake, (view: ViewProps) => preact.VNode>> = {
  pictures: PicturesView,
  frames: VideoView,
  rows: RowsView,
  series: RowsView,
  numbers: NumbersView,
};

export function App() {
  const list = useAnswer(() => ask<{ models: ModelSummary[] }>('/models'), []);
  const [wanted, setWanted] = useState(() => decodeURIComponent(location.hash.slice(1)));
  useEffect(() => {
    const follow = (): void => {
      setWanted(decodeURIComponent(location.hash.slice(1)));
    };
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('hashchange', follow);
    };
  }, []);
  const models = list.answer?.models ?? [];
  const ready = models.filter((model) => model.ready);
  const chosen = (ready.find(({ name }) => name === wanted) ?? ready[0])?.name;
  return (
    <>
      <header class="page-head">
        <a class="brand" href="/" aria-label="memae, to the start">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" />
            <path d="M9 11h0M16 11h0M23 11h0M9 18h0M16 18h0M9 25h0M16 25h0" />
            <circle cx="23" cy="21.5" r="4.2" />
          </svg>
          memae
        </a>
        {models.length > 0 && (
          <ModelChoice
            {...{ models, chosen }}
            onChoose={(name) => {
              location.hash = encodeURIComponent(name);
            }}
          />
        )}
        <ThemeButton />
      </header>
      <main>
        {list.error && (
          <p class="notice error" role="alert">
            {list.error}
          </p>
        )}
        {!list.error && list.answer === undefined && <p role="status">Loading …</p>}
        {list.answer && chosen === undefined && <NoModel {...{ models }} />}
        {chosen !== undefined && <Model key={chosen} name={chosen} />}
      </main>
      <footer>
        <p>
          Everything stays on this server. For programs: <a href="/openapi.json">openapi.json</a>
        </p>
      </footer>
    </>
  );
}

function NoModel({ models }: { readonly models: readonly ModelSummary[] }) {
  return (
    <section class="panel empty">
      <h1>No model is ready</h1>
      {models.map(({ name, reason }) => (
        <p key={name}>
          {name}: {reason}
        </p>
      ))}
    </section>
  );
}

function Model({ name }: { readonly name: string }) {
  const { answer: model, error } = useAnswer(
    () => ask<ModelDescription>(`/models/${name}`),
    [name],
  );
  const [threshold, setThreshold] = useState<number>();
  if (error) {
    return (
      <p class="notice error" role="alert">
        {error}
      </p>
    );
  }
  if (model === undefined) return <p role="status">Loading {name} …</p>;
  const own = judgementOf(model);
  const judgement: Judgement | undefined = own && { ...own, threshold: threshold ?? own.threshold };
  const View = views[model.intake];
  return (
    <>
      <div class="model-head">
        <h1>{model.name}</h1>
        <p>{aboutOf(model)}</p>
      </div>
      <View {...{ model, judgement }} onThreshold={setThreshold} />
    </>
  );
}

function aboutOf({ method, version, trainedOn, input }: ModelDescription): string {
  const shape = input.dims.slice(1).join(' × ');
  const training = `trained on ${trainedOn.name}, ${count(trainedOn.samples, 'sample')}`;
  return [method, training, `takes ${shape}`, `version ${version}`].join(' · ');
}
