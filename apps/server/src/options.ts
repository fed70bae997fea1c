// What can be said of a server, as data: flags, the environment, a configuration file and the documents are made of one table.

import { serverError } from './core/error.ts';

interface WholeOption<Default extends number | undefined = number> {
  readonly kind: 'whole';
  readonly default: Default;
  readonly min: number;
  readonly max: number;
  readonly summary: string;
}

interface TextOption {
  readonly kind: 'text';
  readonly default: string;
  /** Left out, any text will do. */
  readonly choices?: readonly string[];
  readonly summary: string;
}

export type ServeOption = WholeOption<number | undefined> | TextOption;

const whole = (
  summary: string,
  option: { readonly default: number; readonly min: number; readonly max?: number },
): WholeOption => ({ kind: 'whole', summary, max: 2 ** 31 - 1, ...option });

/** Of what is not there unless it is given. */
const optionalWhole = (
  summary: string,
  option: { readonly min: number; readonly max: number },
): WholeOption<number | undefined> => ({
  ...whole(summary, { default: 0, ...option }),
  default: undefined,
});

const text = (
  summary: string,
  option: { readonly default: string; readonly choices?: readonly string[] },
): TextOption => ({ kind: 'text', summary, ...option });

export const serveOptions = {
  host: text('address to listen at; 0.0.0.0 for all', { default: '127.0.0.1' }),
  port: whole('port to listen at; 0 for any that is free', { default: 8080, min: 0, max: 65_535 }),
  grpcPort: optionalWhole('port to listen at for gRPC, too; 0 for any that is free', {
    min: 0,
    max: 65_535,
  }),
  insecure: text('listens beyond this machine although anyone may ask, for want of tokens', {
    default: 'no',
    choices: ['no', 'yes'],
  }),
  tokens: text('file of tokens, token or name:token a line: only who sends one is answered', {
    default: '',
  }),
  certificate: text('file of the certificate for TLS, PEM, with those that vouch for it', {
    default: '',
  }),
  key: text('file of its key, PEM', { default: '' }),
  maxConnections: whole('connections at a time; more are closed at once', {
    default: 4096,
    min: 1,
    max: 1_000_000,
  }),
  instances: whole('executions of a model that may go on at a time', {
    default: 1,
    min: 1,
    max: 256,
  }),
  threads: whole('threads of an execution; 0: the cores, shared by the instances', {
    default: 0,
    min: 0,
    max: 1024,
  }),
  maxBatchSize: whole('samples computed together at most, and so taken in one request', {
    default: 64,
    min: 1,
    max: 65_536,
  }),
  maxQueueDelayMicroseconds: whole('how long a request may wait for others to be computed with', {
    default: 0,
    min: 0,
    max: 10_000_000,
  }),
  maxQueueSize: whole('requests that may wait for a model; more are told to come again', {
    default: 256,
    min: 1,
    max: 1_000_000,
  }),
  timeoutSeconds: whole('within which a request is answered, or told to come again', {
    default: 30,
    min: 1,
    max: 86_400,
  }),
  receiveTimeoutSeconds: whole(
    'within which a request must have come whole, and some of its answer be taken',
    {
      default: 60,
      min: 1,
      max: 86_400,
    },
  ),
  bodyLimitMegabytes: whole('size of a request at most', { default: 64, min: 1, max: 1024 }),
  bodyBudgetMegabytes: whole(
    'size of all requests together at most, or of one; more are told to come again',
    { default: 512, min: 1, max: 1_048_576 },
  ),
  maxRequestsPerClient: whole(
    'requests of a client, known by its token, else its address, at a time; 0: any number',
    { default: 0, min: 0, max: 1_000_000 },
  ),
  maxSamples: whole('samples of files that are scored in one request at most', {
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  maxMegapixels: whole('size of a picture at most, in millions of pixels', {
    default: 32,
    min: 1,
    max: 64,
  }),
  maxStreams: whole('connections that stream frames at a time; more are told to come again', {
    default: 64,
    min: 0,
    max: 65_536,
  }),
  shutdownDelaySeconds: whole('between not being ready any more and taking no more requests', {
    default: 0,
    min: 0,
    max: 3600,
  }),
  shutdownTimeoutSeconds: whole('that requests are given to end before their connections are cut', {
    default: 30,
    min: 0,
    max: 3600,
  }),
  metrics: text('who may read /metrics: those with a token, all, or none', {
    default: 'token',
    choices: ['token', 'all', 'none'],
  }),
  driftSeconds: whole('between looks whether what comes is like what was trained on; 0: none', {
    default: 60,
    min: 0,
    max: 86_400,
  }),
  otlpEndpoint: text('collector of traces, OTLP over HTTP, as http://127.0.0.1:4318', {
    default: '',
  }),
  logAddresses: text('whether the addresses of clients are logged', {
    default: 'no',
    choices: ['no', 'yes'],
  }),
  logLevel: text('what is logged, as lines of JSON on stderr', {
    default: 'info',
    choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  }),
} satisfies Readonly<Record<string, ServeOption>>;

export type OptionName = keyof typeof serveOptions;

/** Every option by its name, and the models as `parseSource` takes them. */
export type ServeSettings = {
  readonly [Name in OptionName]: (typeof serveOptions)[Name]['default'];
} & { readonly models: readonly string[] };

/** The names of options, typed. */
export const optionNames = Object.keys(serveOptions) as OptionName[];

/** What an option is for, what it is unless given, and its variable: as helps print it. */
export function tellOption(name: OptionName): string {
  const { summary, default: otherwise } = serveOptions[name];
  return `${summary} (default: ${otherwise === '' ? 'none' : (otherwise ?? 'none')}; ${variableOf(name)})`;
}

/** `maxBatchSize` as `MEMAE_SERVE_MAX_BATCH_SIZE`. */
export function variableOf(name: OptionName): string {
  return `MEMAE_SERVE_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** `maxBatchSize` as `--max-batch-size`. */
export function flagOf(name: OptionName): string {
  return `--${name.replaceAll(/[A-Z]/g, '-$&').toLowerCase()}`;
}

interface Given {
  /** What the command line says; text or numbers. */
  readonly flags: Readonly<Partial<Record<OptionName, unknown>>>;
  readonly models: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The configuration file's value, if there is one. */
  readonly file?: unknown;
}

/**
 * Settles every option: a flag wins over the environment, that over the file, that over the default.
 * @throws `SERVER_BAD_OPTION` naming where the value stands and what was expected
 */
export function settle({ flags, models, env, file = {} }: Given): ServeSettings {
  const config = requireConfig(file);
  const values = optionNames.map((name) => {
    const places = [
      [flagOf(name), flags[name]],
      [variableOf(name), env[variableOf(name)]],
      [`${name} in the configuration`, config[name]],
    ] as const;
    const [place, value] = places.find(([, given]) => given !== undefined) ?? [name, undefined];
    return [name, value === undefined ? serveOptions[name].default : read(name, value, place)];
  });
  const fromFile = config['models'] ?? [];
  const isList = Array.isArray(fromFile) && fromFile.every((each) => typeof each === 'string');
  if (!isList) throw refuse('models in the configuration: a list of texts was expected.');
  const named = models.length > 0 ? models : fromFile;
  if (named.length === 0)
    throw refuse('No model is named: name the folder that memae train wrote, as runs/five.');
  return { ...(Object.fromEntries(values) as Omit<ServeSettings, 'models'>), models: named };
}

function read(name: OptionName, value: unknown, place: string): string | number {
  const option: ServeOption = serveOptions[name];
  const came = `but ${JSON.stringify(value)} came`;
  if (option.kind === 'text') {
    const { choices } = option;
    if (typeof value === 'string' && (choices?.includes(value) ?? value !== '')) return value;
    throw refuse(`${place}: ${choices?.join(', ') ?? 'a text'} was expected, ${came}.`);
  }
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  const { min, max } = option;
  const fits = Number.isInteger(number) && Number(number) >= min && Number(number) <= max;
  if (fits) return Number(number);
  throw refuse(`${place}: a whole number from ${min} to ${max} was expected, ${came}.`);
}

function requireConfig(file: unknown): Readonly<Record<string, unknown>> {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw refuse('The configuration holds no options: name: value was expected.');
  }
  const known = [...optionNames, 'models'];
  const odd = Object.keys(file).find((name) => !known.includes(name));
  if (odd !== undefined)
    throw refuse(`The configuration has no option "${odd}". Known: ${known.join(', ')}.`);
  return file as Readonly<Record<string, unknown>>;
}

function refuse(message: string): Error {
  return serverError('SERVER_BAD_OPTION', message);
}
