// A run of `memae train` in a browser: its model, and pictures as the model takes them.

/* global OffscreenCanvas, createImageBitmap, fetch */
import { InferenceSession, Tensor } from 'onnxruntime-web';

/** The manifest and the model of the run that is served from a folder. */
export async function openRun(folder) {
  const answer = await fetch(`${folder}/manifest.json`);
  if (!answer.ok)
    throw new Error(`There is no run at ${folder}: ${answer.status} for ${answer.url}`);
  const manifest = await answer.json();
  const session = await InferenceSession.create(`${folder}/model.onnx`);
  return {
    manifest,
    /** All outputs for samples, of the manifest's type and, but for the batch, its dims. */
    run: (data, dims) =>
      session.run({ [manifest.input.name]: new Tensor(manifest.input.dtype, data, dims) }),
  };
}

/** A picture as bytes [1, channels, height, width], at the size of the model, grey by its luma. */
export async function pixelsOf(file, [, channels, height, width]) {
  const picture = await createImageBitmap(file);
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const size = height * width;
  const pixels = new Uint8Array(channels * size);
  for (let i = 0; i < size; i += 1) {
    const [red, green, blue] = data.subarray(4 * i, 4 * i + 3);
    if (channels === 1) pixels[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    else [red, green, blue].forEach((level, channel) => (pixels[channel * size + i] = level));
  }
  return pixels;
}
