import { type Server, createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ffmpeg, noFfmpeg } from '../testing/films.ts';
import { collect } from '../testing/collect.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type LiveEvent, type LiveOptions, liveFrames } from './live-frames.ts';
import { openClips } from './open-clips.ts';

const basics = { size: [6, 8] as const, clock: () => performance.now() };
const drawn = 'lavfi:testsrc=size=64x48:rate=50';

async function framesOf(source: string, options: Partial<LiveOptions> = {}) {
  return (await collect(liveFrames(source, { ...basics, ...options }))).flat();
}

const numbers = (count: number, first = 0): number[] =>
  Array.from({ length: count }, (_, i) => first + i);

describe.skipIf(noFfmpeg)(`live sources ${noFfmpeg ?? ''}`, () => {
  test('a drawing of ffmpeg ends by itself, or where the limit is', async () => {
    const all = await framesOf(`${drawn}:duration=1`);
    expect(all.map(({ index }) => index)).toEqual(numbers(50));
    expect(all[0]?.pixels).toHaveLength(48);
    expect((await framesOf(drawn, { frames: 7 })).map(({ index }) => index)).toEqual(numbers(7));
    let now = 0;
    const clock = (): number => (now += 100);
    const brief = await framesOf(drawn, { duration: 1, clock });
    expect(brief.map(({ seconds }) => seconds)).toEqual(numbers(10, 1).map((tenth) => tenth / 10));
  });

  test('a film is not hurried: it has the frames that it has when it is opened', async () => {
    const path = join(await temporaryFolder(), 'walk.mp4');
    ffmpeg(`-f lavfi -i testsrc=size=64x48:rate=10:duration=3 ${path}`);
    const groups = liveFrames(path, { ...basics, buffer: 4, most: 3 });
    const live: number[] = [];
    for await (const group of groups) {
      expect(group.length).toBeLessThanOrEqual(3);
      live.push(...group.flatMap(({ pixels }) => [...pixels]));
      await sleep(5);
    }
    const [clips] = await openClips(path, { frames: 1, size: [6, 8] });
    const [batch] = clips === undefined ? [] : await collect(clips.batches({ size: 64 }));
    expect(live).toEqual(Array.from(batch?.samples.data ?? []));
  });

  test('a paced source that is too fast loses its oldest frames, half a buffer at once', async () => {
    let dropped = 0;
    const onEvent = (event: LiveEvent): void => {
      if (event.kind === 'dropped') dropped += event.frames;
    };
    const options = { ...basics, onEvent, realtime: true, buffer: 8, most: 2 };
    const taken: number[] = [];
    for await (const group of liveFrames(`${drawn}:duration=2`, options)) {
      taken.push(...group.map(({ index }) => index));
      await sleep(120);
    }
    expect(dropped).toBeGreaterThan(0);
    expect(dropped % 4).toBe(0);
    expect(taken.length + dropped).toBe(100);
    expect(taken).toEqual([...taken].sort((a, b) => a - b));
    expect(taken.at(-1)).toBe(99);
  });

  test('an abort, and a reader who goes away, end it without an error', async () => {
    const stop = new AbortController();
    let count = 0;
    for await (const group of liveFrames(drawn, { ...basics, signal: stop.signal })) {
      count += group.length;
      if (count > 20) stop.abort();
    }
    expect(count).toBeGreaterThan(20);
    for await (const group of liveFrames(drawn, basics)) if (group.length > 0) break;
  });

  test('what cannot be read is refused; an account is told to nobody', async () => {
    await expect(framesOf('gopher://host/x')).rejects.toMatchObject({ code: 'DATASET_BAD_OPTION' });
    const refused = framesOf('rtsp://me:secret@127.0.0.1:1/x');
    await expect(refused).rejects.toThrow(/^rtsp:\/\/127\.0\.0\.1:1\/x: .*Connection refused/);
    await expect(refused).rejects.not.toThrow(/secret/);
    const sound = join(await temporaryFolder(), 'sound.mp4');
    ffmpeg(`-f lavfi -i sine=duration=1 ${sound}`);
    await expect(framesOf(sound)).rejects.toThrow(/sound\.mp4: .*only sound or nothing/);
    await expect(framesOf('lavfi:nothing')).rejects.toThrow(/lavfi:nothing: /);
  });

  test('a far host cannot have files of this machine read', async () => {
    const secret = join(await temporaryFolder(), 'secret.ts');
    ffmpeg(`-f lavfi -i testsrc=size=64x48:rate=10:duration=1 ${secret}`);
    const url = await serve((send) => {
      send(`#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${secret}\n#EXT-X-ENDLIST\n`);
    });
    await expect(framesOf(`${url}/list.m3u8`)).rejects.toThrow(/whitelist/);
  });

  test('a network source that is lost is tried again, and numbers tell of the gap', async () => {
    const path = join(await temporaryFolder(), 'walk.ts');
    ffmpeg(`-f lavfi -i testsrc=size=64x48:rate=10:duration=1 -c:v mpeg2video ${path}`);
    const film = await readFile(path);
    let calls = 0;
    const url = await serve((send) => {
      calls += 1;
      send(calls < 3 ? film : '');
    });
    const lost: LiveEvent[] = [];
    const onEvent = (event: LiveEvent): void => void lost.push(event);
    const frames = await framesOf(url, { reconnect: 1, onEvent, frames: 15 });
    expect(frames.map(({ index }) => index)).toEqual([...numbers(10), ...numbers(5, 11)]);
    expect(lost).toEqual([{ kind: 'lost', reason: 'it ended', wait: 1 }]);
    await expect(framesOf(url)).rejects.toThrow(/^http:.*Invalid data/);
  });
});

/** An HTTP server that answers each call with what `answer` sends. */
async function serve(answer: (send: (body: Uint8Array | string) => void) => void): Promise<string> {
  const server: Server = createServer((_, response) => {
    answer((body) => response.end(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
