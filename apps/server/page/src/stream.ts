// Frames to the server and their scores back, over one connection. No more frames are under way than the server is asked to
// hold, so that whoever sends knows when to wait.

interface FrameScore {
  readonly frame: number;
  readonly score: number;
  /** About 1 where the stream is as usual, below 0 beyond what was seen. */
  readonly normality: number;
}

type Message =
  | ({ readonly type: 'frame' } & FrameScore)
  | { readonly type: 'alarm' }
  | { readonly type: 'error'; readonly frame: number; readonly error: string }
  | { readonly type: 'end' };

export interface StreamOptions {
  readonly onScore: (score: FrameScore) => void;
  /** Settled by the end of the stream: empty where it ended well. */
  readonly onEnd: (error: string) => void;
}

export interface Stream {
  /** Sends a frame, encoded as PNG, once there is room for it. */
  readonly send: (frame: Blob) => Promise<void>;
  /** No more frames: the scores of those that wait for others come now. */
  readonly end: () => void;
  readonly close: () => void;
}

/** Frames under way; a clip's scores wait for half of a clip. */
const most = 48;

export function openStream(path: string, { onScore, onEnd }: StreamOptions): Stream {
  const socket = new WebSocket(path.replace(/^/, location.origin.replace(/^http/, 'ws')));
  let underWay = 0;
  let error = '';
  let ended = false;
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    }
  };
  const isClosed = (): boolean => socket.readyState >= WebSocket.CLOSING;
  socket.onopen = wake;
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    const message = JSON.parse(data) as Message;
    if (message.type === 'end') ended = true;
    if (message.type === 'error') error = message.error;
    if (message.type === 'frame') onScore(message);
    if (message.type === 'frame' || message.type === 'error') underWay -= 1;
    wake();
  };
  socket.onclose = ({ reason }) => {
    wake();
    onEnd(
      ended ? error : reason || error || 'The server closed the stream. Try again in a moment.',
    );
  };
  return {
    send: async (frame) => {
      await until(() => isClosed() || (socket.readyState === WebSocket.OPEN && underWay < most));
      if (isClosed()) return;
      underWay += 1;
      socket.send(frame);
    },
    end: () => {
      if (socket.readyState === WebSocket.OPEN) socket.send('end');
    },
    close: () => {
      socket.onclose = null;
      socket.close();
    },
  };
}
