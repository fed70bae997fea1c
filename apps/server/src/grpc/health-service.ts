// gRPC's own health checking, by which Kubernetes and balancers ask.

import { setTimeout as after } from 'node:timers/promises';
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import type { ModelRepository } from '../core/repository.ts';
import { type Health, HealthCheckResponse_ServingStatus as Status } from './generated/health_pb.js';
import { GRPCInferenceService } from './generated/inference_pb.js';

/** Milliseconds within which those who watch are told. */
const interval = 500;

/** @param closing aborted when the server ends; nobody watches longer */
export function healthService(
  repository: ModelRepository,
  closing: AbortSignal,
): ServiceImpl<typeof Health> {
  const statusOf = (service: string): Status => {
    if (service !== '' && service !== GRPCInferenceService.typeName) return Status.SERVICE_UNKNOWN;
    return repository.ready() ? Status.SERVING : Status.NOT_SERVING;
  };
  return {
    check: ({ service }) => {
      const status = statusOf(service);
      if (status !== Status.SERVICE_UNKNOWN) return { status };
      throw new ConnectError(`There is no service "${service}".`, Code.NotFound);
    },
    async *watch({ service }, { signal }) {
      let told: Status | undefined;
      const over = AbortSignal.any([signal, closing]);
      while (!signal.aborted) {
        const status = statusOf(service);
        if (status !== told) yield { status };
        told = status;
        if (over.aborted) return;
        await after(interval, undefined, { signal: over, ref: false }).catch(() => undefined);
      }
    },
  };
}
