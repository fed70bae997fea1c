import { expect, it } from 'vitest';
import type { Backend, BackendProvider } from './backend.ts';
import { openBackend } from './open-backend.ts';
import { referenceBackend } from './reference/index.ts';

const absent: BackendProvider<'absent'> = {
  id: 'absent',
  unavailable: () => Promise.resolve('its library is not installed'),
  open: () => Promise.reject(new Error('opened although it is unavailable')),
};
const broken: BackendProvider<'broken'> = {
  id: 'broken',
  unavailable: () => Promise.resolve(null),
  open: () => Promise.reject(new Error('the driver is too old')),
};

it('opens the first provider that can run here', async () => {
  const backend: Backend = await openBackend([absent, broken, referenceBackend]);
  expect(backend.id).toBe('reference');
});

it('opens the preferred provider', async () => {
  const backend = await openBackend([absent, referenceBackend], 'reference');
  expect(backend.id).toBe('reference');
});

it('never replaces the preferred provider, and says why it cannot run', async () => {
  await expect(openBackend([absent, referenceBackend], 'absent')).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message:
      'absent: it cannot run here: absent (its library is not installed). These can: reference.',
  });
});

it('names the known engines when the preferred one is none of them', async () => {
  const providers: BackendProvider[] = [absent, referenceBackend];
  await expect(openBackend(providers, 'cuda')).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: 'cuda: there is no such engine. Known: absent, reference.',
  });
});

it('says why each provider was refused when none can run', async () => {
  const failure = openBackend<'absent' | 'broken'>([absent, broken]);
  await expect(failure).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message:
      'openBackend: no engine can run here. Refused: absent (its library is not installed); ' +
      'broken (the driver is too old).',
    cause: new Error('the driver is too old'),
  });
  await expect(openBackend([])).rejects.toThrow('none was given');
});
