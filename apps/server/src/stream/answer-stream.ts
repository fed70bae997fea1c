// One client's stream, from its first frame to its close: frames are taken as the model has time for them, answers are sent as
// the client reads them, and neither side piles up what the other is too slow for.

import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from '@fastify/websocket';
import { hasCode } from '@memae/graph';
import { serverError } from '../core/error.ts';
import type { FrameScorer, StreamMessage } from './frame-scorer.ts';
import { type InboxLimits, createInbox } from './inbox.ts';

/** Why a stream was closed; 1009 for a message that is too large comes from the protocol itself. */
export const closeCodes = {
  done: 1000,
  goingAway: 1001,
  notAFrame: 1003,
  idle: 1008,
  failed: 1011,
  modelChanged: 1012,
} as const;

export interface AnswerOptions {
  readonly scorer: FrameScorer;
  readonly limits: InboxLimits;
  /** Frames scored at once, at most. */
  readonly atOnce: number;
  /** Milliseconds in which a client must send something, or read what it was sent. */
  readonly patience: number;
  /** Called with what nobody foresaw. */
  readonly onFailure: (error: unknown) => void;
}

/** Settles when the stream is closed, whoever closed it. */
export async function answerStream(socket: WebSocket, options: AnswerOptions): Promise<void> {
  const { scorer, limits, atOnce, patience, onFailure } = options;
  const inbox = createInbox(socket, limits, (text) => {
    close(
      socket,
      closeCodes.notAFrame,
      `A frame as binary, or "end", was expected, but "${text.slice(0, 40)}" came.`,
    );
  });
  const isOpen = (): boolean => socket.readyState === socket.OPEN;
  const send = (messages: readonly StreamMessage[]): Promise<unknown> =>
    within(patience, Promise.all(messages.map((message) => written(socket, message))));
  try {
    while (isOpen()) {
      const frames = await within(patience, inbox.take(atOnce));
      if (!isOpen()) return;
      if (frames.length === 0) {
        await send(await scorer.end());
        close(socket, closeCodes.done, '');
        return;
      }
      await send(await scorer.push(frames));
    }
  } catch (error) {
    if (!isOpen()) return;
    if (hasCode(error, 'SERVER_DEADLINE')) {
      // Who does not read does not read the reason either.
      close(socket, closeCodes.idle, error instanceof Error ? error.message : '');
      setTimeout(() => {
        socket.terminate();
      }, 1000).unref();
      return;
    }
    if (hasCode(error, 'SERVER_CLOSING') || hasCode(error, 'SERVER_UNKNOWN_MODEL')) {
      close(
        socket,
        closeCodes.modelChanged,
        'The model was loaded again or taken away. Connect anew.',
      );
      return;
    }
    onFailure(error);
    close(socket, closeCodes.failed, error instanceof Error ? error.message : String(error));
  }
}

/** Settles when the system has taken the message: at once, until the client falls behind. */
function written(socket: WebSocket, message: StreamMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(JSON.stringify(message), (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** @throws `SERVER_DEADLINE` */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const late = sleep(milliseconds, undefined, { signal }).then(
    () => {
      throw serverError(
        'SERVER_DEADLINE',
        `Nothing came and nothing was read for ${milliseconds} ms.`,
      );
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    controller.abort();
  }
}

/** A reason has 123 bytes at most. */
export function close(socket: WebSocket, code: number, reason: string): void {
  const bytes = Buffer.from(reason).subarray(0, 123);
  // A character that was cut is left out.
  socket.close(code, new TextDecoder().decode(bytes, { stream: true }));
}
