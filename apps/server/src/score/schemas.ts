// What the endpoint for people takes and gives, as JSON schemas.

import { thresholdRules } from '@memae/metrics';
import { explanationParts, maxExplained } from './explanations.ts';

export const uploadTypes = [
  ...['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/tiff', 'image/bmp'],
  ...['text/csv', 'text/tab-separated-values', 'application/json', 'application/x-ndjson'],
  ...['video/mp4', 'video/webm', 'video/x-matroska', 'video/x-msvideo'],
  ...['multipart/form-data', 'application/octet-stream'],
] as const;

const share = { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 } as const;

/** The model's version, and where the line is to be. */
export const wishQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    version: { type: 'string', description: 'of the model; the newest, unless named' },
    thresholdRule: { type: 'string', enum: [...thresholdRules] },
    falseAlarms: { ...share, description: 'the share of normal samples that may be flagged' },
    sensitivity: { ...share, description: 'flag what is normalised above 1 less this' },
  },
} as const;

export const scoreQuery = {
  ...wishQuery,
  properties: {
    ...wishQuery.properties,
    explain: {
      type: 'string',
      description: `why, in parts with commas between: ${explanationParts.join(', ')}; of the ${maxExplained} highest scores at most, fewer of large pictures; scores of series are not explained`,
    },
  },
} as const;

const number = { type: 'number' } as const;
const orNull = <T extends string>(type: T) => ({ type: [type, 'null'] }) as const;

const base64Png = {
  type: 'string',
  contentMediaType: 'image/png',
  contentEncoding: 'base64',
} as const;
const explanation = {
  type: 'object',
  properties: {
    sample: base64Png,
    errorMap: base64Png,
    reconstruction: base64Png,
    memory: {
      type: 'array',
      items: {
        type: 'object',
        properties: { item: { type: 'integer' }, weight: number, decoded: base64Png },
      },
    },
    contributions: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          value: { type: ['number', 'string', 'null'] },
          expected: { type: ['number', 'string', 'null'] },
          error: number,
          share: number,
        },
      },
    },
  },
} as const;

export const scoreReport = {
  type: 'object',
  properties: {
    model: { type: 'string' },
    version: { type: 'string' },
    samples: { type: 'integer' },
    flagged: orNull('integer'),
    threshold: orNull('number'),
    thresholdRule: orNull('string'),
    falseAlarms: orNull('number'),
    scores: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          key: { type: 'string' },
          score: number,
          normalised: orNull('number'),
          label: orNull('integer'),
          pValue: number,
          explanation,
        },
      },
    },
  },
} as const;
