// What deploy/ holds, to what reads it: parsers, Kubernetes' schemas, KServe's models, systemd; and to this server, for
// options, ports and paths that it does not have would be found out on a cluster only.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { flagOf, optionNames, serveOptions, settle, variableOf } from '../options.ts';
import { createFolder, trainModel } from '../testing/models.ts';
import { type Served, serveModels } from '../testing/serve.ts';

const folder = join(import.meta.dirname, '../../deploy');
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const grace = ({ shutdownDelaySeconds, shutdownTimeoutSeconds }: ReturnType<typeof settle>) =>
  shutdownDelaySeconds + shutdownTimeoutSeconds;

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string | number };
}
interface Container {
  readonly args: readonly string[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}
interface PodSpec {
  readonly containers: readonly [Container];
  readonly terminationGracePeriodSeconds: number;
}
interface Resource {
  readonly kind: string;
  readonly data: { readonly 'serve.yaml': string };
  readonly spec: { readonly template: { readonly spec: PodSpec } } & PodSpec;
}

const documents = (name: string): Resource[] =>
  parseAllDocuments(text(name)).map((document) => document.toJS() as Resource);
const kind = (name: string, wanted: string): Resource => {
  const found = documents(name).find((each) => each.kind === wanted);
  if (found === undefined) throw new TypeError(`${name} has no ${wanted}`);
  return found;
};

/** As the program reads its words. */
function settings(args: readonly string[], file: unknown = {}) {
  const flags = Object.fromEntries(
    optionNames.map((name) => [flagOf(name).slice(2), { type: 'string' as const }]),
  );
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...flags, config: { type: 'string' } },
  });
  const given = values as Readonly<Record<string, string | undefined>>;
  return settle({
    flags: Object.fromEntries(optionNames.map((name) => [name, given[flagOf(name).slice(2)]])),
    ...{ models: positionals, env: {}, file },
  });
}

let models: Awaited<ReturnType<typeof createFolder>>;
let server: Served;
beforeAll(async () => {
  models = await createFolder();
  await trainModel(models.path('flows'), { data: 'flows' });
  server = await serveModels([models.path('flows')]);
});
afterAll(async () => {
  await server.close();
  await models.clear();
});

async function answered({ containers: [container] }: PodSpec): Promise<void> {
  const [{ containerPort }] = container.ports as [{ containerPort: number }];
  expect(containerPort).toBe(serveOptions.port.default);
  for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
    if (probe === undefined) continue;
    expect(['http', containerPort]).toContain(probe.httpGet.port);
    expect((await fetch(`${server.url}${probe.httpGet.path}`)).status).toBe(200);
  }
}

describe('the image', () => {
  const instructions = DockerfileParser.parse(text('Dockerfile'));
  const words = (keyword: string): string[] => {
    const found = instructions.getInstructions().filter((each) => each.getKeyword() === keyword);
    return JSON.parse(
      /\[.*\]$/.exec(found.at(-1)?.getRawArgumentsContent() ?? '')?.[0] ?? '[]',
    ) as string[];
  };

  test('is one that a parser has nothing against, of variables and a program that there are', () => {
    expect(validate(text('Dockerfile')).map(({ message }) => message)).toEqual([]);
    const variables = instructions
      .getENVs()
      .flatMap((each) => each.getProperties())
      .map((property) => property.getName());
    const ours = variables.filter((name) => name.startsWith('MEMAE_'));
    expect(ours.length).toBeGreaterThan(0);
    expect(optionNames.map(variableOf)).toEqual(expect.arrayContaining(ours));
    const path = `/app/node_modules/${packageJson.name}/${packageJson.bin['memae-server']}`;
    expect(words('ENTRYPOINT')).toEqual(['node', join(path)]);
  });

  test.each([
    ['is healthy when its server is ready', () => new URL(server.url).port, 0],
    ['and is not where nobody answers', () => '9', 1],
  ])('%s', async (_, port, status) => {
    const [, ...args] = words('HEALTHCHECK');
    const env = { ...process.env, MEMAE_SERVE_PORT: port() };
    const check = spawn(process.execPath, args, { env, stdio: 'ignore' });
    expect(await once(check, 'exit')).toEqual([status, null]);
  });
});

test('Kubernetes: the configuration, ports, probes and the time to end are those of the server', async () => {
  const { data } = kind('kubernetes.yaml', 'ConfigMap');
  const [file] = parseAllDocuments(data['serve.yaml']);
  const { spec: pod } = kind('kubernetes.yaml', 'Deployment').spec.template;
  const settled = settings(pod.containers[0].args, file?.toJS());
  expect(grace(settled)).toBeLessThan(pod.terminationGracePeriodSeconds);
  expect(settled.tokens).not.toBe('');
  expect(pod.containers[0].ports.map(({ containerPort }) => containerPort)).toEqual([
    settled.port,
    settled.grpcPort,
  ]);
  await answered(pod);
});

test('KServe: the words that start the server are its own', async () => {
  const { spec } = kind('kserve.yaml', 'ServingRuntime');
  const settled = settings(spec.containers[0].args);
  expect(settled).toMatchObject({ models: ['{{.Name}}=/mnt/models'], insecure: 'yes' });
  await answered(spec);
});

const python = process.env['MEMAE_PYTHON'];
const canValidate =
  python !== undefined &&
  spawnSync(python, ['-c', 'import kubernetes_validate, kserve, yaml']).status === 0;

test.skipIf(!canValidate)(
  'Kubernetes and KServe take the manifests (needs a MEMAE_PYTHON that has tools/oracles/requirements.txt)',
  () => {
    const script = join(import.meta.dirname, 'manifests.py');
    const files = ['kubernetes.yaml', 'kserve.yaml'];
    const told = execFileSync(python ?? '', [script, ...files], { cwd: folder, encoding: 'utf8' });
    expect(told.trim().split('\n')).toHaveLength(files.flatMap(documents).length);
  },
);

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe.skipIf(!hasSystemd)('systemd (needs systemd-analyze)', () => {
  const unit = join(folder, 'memae-server.service');
  test('takes the unit', () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('and leaves the server little that it might do', () => {
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', unit], {
      encoding: 'utf8',
    });
    expect(
      Number(/exposure level for \S+: (?<level>[\d.]+)/.exec(stdout)?.groups?.['level']),
    ).toBeLessThan(2);
  });
});

test('the unit starts the program, and gives it time to end', () => {
  const unit = text('memae-server.service');
  expect(unit).toContain(`/${packageJson.name}/${join(packageJson.bin['memae-server'])} --config `);
  const defaults = settings(['model']);
  expect(
    Number(/^TimeoutStopSec=(?<seconds>\d+)$/m.exec(unit)?.groups?.['seconds']),
  ).toBeGreaterThan(grace(defaults));
});
