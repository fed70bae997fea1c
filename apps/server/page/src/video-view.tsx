// A model of videos: a film, or the frames of a sample, played and scored frame by frame.

import { type AlarmInterval, endTrack, startTrack, trackAlarm } from '@memae/metrics';
import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { DropZone } from './drop-zone.tsx';
import { pictureAddress } from './example-picture.tsx';
import { count, figure } from './figures.ts';
import { type Judgement, isAnomalous } from './judgement.ts';
import { Layout } from './layout.tsx';
import { NormalityCurve, type Point } from './normality-curve.tsx';
import { Notices } from './notices.tsx';
import { type Controls, FilmPlayer, FramesPlayer } from './players.tsx';
import { csvOf, download } from './result.ts';
import { SampleStrip } from './sample-strip.tsx';
import { useLiveScores } from './use-live-scores.ts';
import { Verdict } from './verdict.tsx';
import type { ViewProps } from './view.ts';

type Video =
  | { readonly name: string; readonly file: File }
  | { readonly name: string; readonly addresses: readonly string[] };

export function VideoView(view: ViewProps) {
  const { model, judgement } = view;
  const id = useId();
  const controls = useRef<Controls | undefined>(undefined);
  const live = useLiveScores(model, controls);
  const { points, phase } = live;
  const [video, setVideo] = useState<Video>();
  const [duration, setDuration] = useState(0);
  const [position, setPosition] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [fault, setFault] = useState('');
  const alarms = useMemo(() => alarmsOf(points, judgement), [points, judgement?.threshold]);
  const now = points.findLast(({ time }) => time <= position + 1e-6);

  const choose = (chosen: Video): void => {
    live.reset();
    controls.current = undefined;
    setFault('');
    setPosition(0);
    setPlaying(false);
    setVideo(chosen);
  };
  const chooseSample = (index: number): void => {
    const { key, pictures } = model.examples.samples[index] ?? { key: '', pictures: 0 };
    const addresses = Array.from({ length: pictures }, (_, frame) =>
      pictureAddress({ model, kind: 'samples', index }, frame),
    );
    choose({ name: key, addresses });
  };
  const seek = (time: number): void => {
    controls.current?.seek(time);
    setPosition(time);
  };
  const player = {
    controls,
    onReady: (seconds: number) => {
      setDuration(seconds);
      // Whoever wants less motion starts it.
      if (!matchMedia('(prefers-reduced-motion: reduce)').matches) controls.current?.play();
    },
    onFrame: (picture: CanvasImageSource, time: number) => {
      setPosition(time);
      live.take(picture, time);
    },
    onPlaying: setPlaying,
    onEnd: live.end,
    onError: setFault,
  };
  return (
    <Layout
      {...view}
      scores={points.map(({ score }) => score)}
      selected={now?.score}
      input={
        <>
          <section class="panel" aria-label="Input">
            <DropZone
              what="a video"
              accept="video/*"
              multiple={false}
              hint="A short film that this browser plays, as MP4 or WebM. It is scored while it plays."
              onFiles={([file]) => {
                if (file) choose({ name: file.name, file });
              }}
            />
            <SampleStrip {...{ model }} onSample={chooseSample} />
          </section>
          <Notices progress={progressOf(phase, points)} error={fault || live.error} />
        </>
      }
      results={
        video && (
          <section class="panel" aria-label={`Video ${video.name}`}>
            <div class="panel-head">
              <h2 class="name">{video.name}</h2>
              {now && <Verdict {...{ judgement }} score={now.score} />}
            </div>
            {'file' in video ? (
              <FilmPlayer {...player} file={video.file} />
            ) : (
              <FramesPlayer {...player} name={video.name} addresses={video.addresses} />
            )}
            <div class="player">
              <button
                type="button"
                disabled={duration === 0}
                onClick={() => {
                  if (playing) controls.current?.pause();
                  else controls.current?.play();
                }}
              >
                {playing ? 'Pause' : 'Play'}
              </button>
              <label class="hidden" for={`${id}-position`}>
                Position in the video
              </label>
              <input
                id={`${id}-position`}
                type="range"
                min={0}
                max={duration}
                step="any"
                value={position}
                disabled={phase !== 'done'}
                aria-valuetext={`${position.toFixed(1)} of ${duration.toFixed(1)} seconds`}
                onInput={({ currentTarget: { value } }) => {
                  seek(Number(value));
                }}
              />
              <span class="number">{position.toFixed(1)} s</span>
            </div>
            <NormalityCurve {...{ points, alarms, duration, position }} />
            <p class="curve-legend hint">
              <span>
                Normality: the upper line is as usual, the lower one as odd as anything seen before
              </span>
              <span class="number">
                {now && `score ${figure(now.score)} · normality ${now.normality.toFixed(2)}`}
              </span>
            </p>
            <Alarms {...{ points, alarms, seek }} done={phase === 'done'} />
            {phase === 'done' && points.length > 0 && (
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  const rows = points.map(({ time, score }) => ({
                    key: `${video.name} ${time.toFixed(3)} s`,
                    score,
                  }));
                  download(`${model.name}-frames.csv`, csvOf(rows, judgement));
                }}
              >
                Download CSV
              </button>
            )}
          </section>
        )
      }
    />
  );
}

interface AlarmsProps {
  readonly points: readonly Point[];
  readonly alarms: readonly AlarmInterval[];
  readonly seek: (time: number) => void;
  /** Whether all frames are scored. */
  readonly done: boolean;
}

function Alarms({ points, alarms, seek, done }: AlarmsProps) {
  const at = (frame: number): string => `${(points[frame]?.time ?? 0).toFixed(1)} s`;
  return (
    <>
      <p class="alarm-count" role="status" data-testid="alarms">
        {alarms.length === 0 ? 'No alarm' : count(alarms.length, 'alarm')}
        {!done && ' so far'}
      </p>
      <ol class="alarms">
        {alarms.map(({ start, end, peak, score }) => (
          <li key={start}>
            <button
              type="button"
              class="quiet"
              disabled={!done}
              onClick={() => {
                seek(points[peak]?.time ?? 0);
              }}
            >
              {at(start)} – {at(end)}, highest at {at(peak)} with {figure(score)}
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}

function progressOf(phase: 'ready' | 'scoring' | 'done', points: readonly Point[]): string {
  if (phase === 'ready') return '';
  return phase === 'scoring' ? 'Scoring as it plays …' : `${count(points.length, 'frame')} scored.`;
}

/** By the threshold as it is set; the last may still go on. */
function alarmsOf(points: readonly Point[], judgement: Judgement | undefined): AlarmInterval[] {
  if (judgement === undefined) return [];
  let track = startTrack();
  const alarms: AlarmInterval[] = [];
  points.forEach(({ score }, frame) => {
    const next = trackAlarm(track, { frame, score, flagged: isAnomalous(score, judgement) });
    ({ track } = next);
    if (next.event?.kind === 'end') alarms.push(next.event.interval);
  });
  const last = endTrack(track);
  return last ? [...alarms, last.interval] : alarms;
}
