// What a video is played from: a film, by the browser, or the frames of a sample. Each shows itself and hands its frames on.

import { useEffect, useRef } from 'preact/hooks';

export interface Controls {
  readonly play: () => void;
  readonly pause: () => void;
  /** @param time in seconds */
  readonly seek: (time: number) => void;
}

export interface PlayerProps {
  /** Filled when it is ready to play. */
  readonly controls: { current: Controls | undefined };
  /** @param duration in seconds */
  readonly onReady: (duration: number) => void;
  /** Each frame that is shown, at its time in seconds. */
  readonly onFrame: (picture: CanvasImageSource, time: number) => void;
  readonly onPlaying: (playing: boolean) => void;
  readonly onEnd: () => void;
  readonly onError: (message: string) => void;
}

export function FilmPlayer({ file, ...player }: PlayerProps & { readonly file: File }) {
  const ref = useRef<HTMLVideoElement>(null);
  // The callbacks as they are now, for those that were given out before.
  const now = useRef(player);
  now.current = player;
  useEffect(() => {
    const film = ref.current;
    if (film === null) return undefined;
    const url = URL.createObjectURL(file);
    film.src = url;
    let handle = 0;
    const step: VideoFrameRequestCallback = (_now, { mediaTime }) => {
      now.current.onFrame(film, mediaTime);
      handle = film.requestVideoFrameCallback(step);
    };
    handle = film.requestVideoFrameCallback(step);
    return () => {
      film.cancelVideoFrameCallback(handle);
      URL.revokeObjectURL(url);
    };
  }, [file]);
  const { controls, onReady, onPlaying, onEnd, onError } = player;
  return (
    <video
      ref={ref}
      class="screen"
      muted
      playsInline
      aria-label={file.name}
      onLoadedMetadata={({ currentTarget: film }) => {
        controls.current = {
          play: () => void film.play(),
          pause: () => {
            film.pause();
          },
          seek: (time) => {
            film.currentTime = time;
          },
        };
        onReady(film.duration);
      }}
      onPlay={() => {
        onPlaying(true);
      }}
      onPause={() => {
        onPlaying(false);
      }}
      onEnded={onEnd}
      onError={() => {
        onError(
          `This browser cannot play ${file.name}. WebM and MP4 (H.264) play nearly everywhere; memae score reads more kinds.`,
        );
      }}
    />
  );
}

interface FramesPlayerProps extends PlayerProps {
  readonly name: string;
  /** Of pictures, in order. */
  readonly addresses: readonly string[];
}

/** Samples keep no times. */
const framesPerSecond = 10;

export function FramesPlayer({ name, addresses, ...player }: FramesPlayerProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const now = useRef(player);
  now.current = player;
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined;
    let current = true;
    let next = 0;
    const start = (pictures: readonly ImageBitmap[]): void => {
      const show = (place: number): void => {
        const picture = pictures[place];
        const canvas = ref.current;
        if (picture === undefined || canvas === null) return;
        [canvas.width, canvas.height] = [picture.width, picture.height];
        canvas.getContext('2d')?.drawImage(picture, 0, 0);
        now.current.onFrame(picture, place / framesPerSecond);
      };
      const pause = (): void => {
        clearInterval(timer);
        timer = undefined;
        now.current.onPlaying(false);
      };
      const play = (): void => {
        if (next >= pictures.length) next = 0;
        now.current.onPlaying(true);
        timer ??= setInterval(() => {
          show(next);
          next += 1;
          if (next < pictures.length) return;
          pause();
          now.current.onEnd();
        }, 1000 / framesPerSecond);
      };
      const seek = (time: number): void => {
        next = Math.min(pictures.length - 1, Math.round(time * framesPerSecond));
        show(next);
      };
      now.current.controls.current = { play, pause, seek };
      now.current.onReady((pictures.length - 1) / framesPerSecond);
    };
    Promise.all(addresses.map(pictureAt)).then(
      (pictures) => {
        if (current) start(pictures);
      },
      () => {
        if (current) now.current.onError(`The frames of ${name} cannot be loaded.`);
      },
    );
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [addresses]);
  return <canvas ref={ref} class="screen pixels" role="img" aria-label={name} />;
}

async function pictureAt(address: string): Promise<ImageBitmap> {
  return createImageBitmap(await (await fetch(address)).blob());
}
