// What ffmpeg may open: a film, from which it reads nothing but that file; or a live source.

import { resolve } from 'node:path';
import { datasetError } from '../error.ts';
import { maxPixels } from '../images/read-images.ts';

/** Names of files that are films. */
export const filmName =
  /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|m?2?ts|wmv|asf|flv|3gp|3g2|ogv|mxf|y4m)$/i;

/** Containers of a film of their own. Playlists, which lead on to other files, are not among them. */
const containers =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,asf,flv,ogg,mxf,yuv4mpegpipe,h264,hevc,m4v,ivf,nut,obu';

/** Larger frames are refused before they are unpacked. */
const bounded = ['-max_pixels', String(maxPixels)];

/** The first stream that is a film, and no picture on a record's cover; each frame once, whenever it is shown. */
const film = ['-map', '0:V:0', '-fps_mode', 'passthrough'];
export const asFrames = [
  ...film,
  ...['-c:v', 'ppm', '-pix_fmt', 'rgb24', '-f', 'image2pipe', 'pipe:1'],
];
/** A line a frame: its time in microseconds. */
export const asTimes = [
  ...film,
  ...['-enc_time_base', '1:1000000', '-c:v', 'rawvideo', '-f', 'framecrc', 'pipe:1'],
];

/** A file, of which a broken frame fails the whole. */
export function filmInput(path: string): string[] {
  return [
    ...['-xerror', '-protocol_whitelist', 'file', '-format_whitelist', containers],
    ...bounded,
    ...['-i', `file:${resolve(path)}`],
  ];
}

export interface LiveInput {
  readonly args: readonly string[];
  /** Whether frames come when they will, and not when they are asked for. */
  readonly paced: boolean;
  /** Whether it may be lost and found again. */
  readonly network: boolean;
}

const devices = ['v4l2', 'avfoundation', 'dshow', 'x11grab', 'gdigrab'];
/** None of them reads files: what a far host sends cannot ask for those of this machine. */
const networkProtocols =
  'rtsp,rtsps,rtp,srtp,rtmp,rtmps,rtmpt,http,https,httpproxy,hls,crypto,tls,tcp,udp,srt,rist';

/**
 * A live source: an address (`rtsp://…`, `http://…`, `srt://…`), a camera (`/dev/video0`, or `FORMAT:DEVICE` as
 * `avfoundation:0`), a drawing of ffmpeg's own (`lavfi:testsrc=rate=10`), or a film, which is not paced unless `realtime`
 * says so.
 * @throws `DATASET_BAD_OPTION` for an address of another kind
 */
export function liveInput(
  source: string,
  { realtime = false, cwd }: { readonly realtime?: boolean; readonly cwd?: string } = {},
): LiveInput {
  const [, scheme = '', rest = ''] = /^([a-z][a-z\d+.-]+):(.*)$/is.exec(source) ?? [];
  const pace = realtime ? ['-re'] : [];
  if (scheme === 'lavfi') {
    return { args: [...pace, '-f', 'lavfi', '-i', rest], paced: realtime, network: false };
  }
  if (devices.includes(scheme) || /^\/dev\/video\d+$/.test(source)) {
    const [format, device] = devices.includes(scheme) ? [scheme, rest] : ['v4l2', source];
    return { args: [...bounded, '-f', format, '-i', device], paced: true, network: false };
  }
  if (rest.startsWith('//')) {
    if (networkProtocols.split(',').includes(scheme.toLowerCase())) {
      const transport = /^rtsps?$/i.test(scheme) ? ['-rtsp_transport', 'tcp'] : [];
      return {
        args: [
          ...['-protocol_whitelist', networkProtocols, ...transport],
          ...bounded,
          ...['-i', source],
        ],
        paced: true,
        network: true,
      };
    }
    throw datasetError(
      'DATASET_BAD_OPTION',
      `A live source is an address (rtsp://, http://, https://, rtmp://, srt://, udp://), a camera (/dev/video0, ` +
        `${devices.map((name) => `${name}:`).join(', ')}), lavfi:testsrc and the like, or a file, but "${source}" came.`,
    );
  }
  const path = cwd === undefined ? source : resolve(cwd, source);
  return { args: [...pace, ...filmInput(path)], paced: realtime, network: false };
}
