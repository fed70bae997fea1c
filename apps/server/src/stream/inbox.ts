// What a client sends, between the connection and the model: no more than so much waits. A client that sends more is not read
// from until there is room, which it notices as any sender does whose receiver is slow.

import type { WebSocket } from '@fastify/websocket';

export interface InboxLimits {
  /** Messages that wait. */
  readonly messages: number;
  /** Bytes of them together. */
  readonly bytes: number;
}

export interface Inbox {
  /** Up to `most` of the frames that wait, one at least; none once the client has said that no more will come, or has gone. */
  readonly take: (most: number) => Promise<Uint8Array[]>;
}

/** @param onText told what else than frames comes */
export function createInbox(
  socket: WebSocket,
  limits: InboxLimits,
  onText: (text: string) => void,
): Inbox {
  const frames: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  let wake = (): void => undefined;
  const isFull = (): boolean => frames.length >= limits.messages || bytes >= limits.bytes;
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      frames.push(data);
      bytes += data.byteLength;
      if (isFull()) socket.pause();
    } else if (data.toString() === 'end') {
      ended = true;
    } else {
      onText(data.toString());
    }
    wake();
  });
  socket.on('close', () => {
    ended = true;
    wake();
  });
  return {
    take: async (most) => {
      while (frames.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const taken = frames.splice(0, most);
      bytes -= taken.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (socket.isPaused && !isFull()) socket.resume();
      return taken;
    },
  };
}
