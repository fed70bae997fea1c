import { ndarray } from '@memae/graph';
import { type DecodedPng, decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { Markup } from './html.ts';
import { heatPicture, heatScale, largestError, picture } from './picture.ts';

function decoded({ markup }: Markup): DecodedPng {
  const [, base64 = ''] = /src="data:image\/png;base64,([^"]+)"/.exec(markup) ?? [];
  return decode(Buffer.from(base64, 'base64'));
}

describe('picture', () => {
  it('keeps bytes as they are, in grey', () => {
    const png = decoded(picture(ndarray(Uint8Array.of(0, 7, 255, 128, 1, 2), [1, 2, 3]), 'six'));
    expect(png).toMatchObject({ width: 3, height: 2, channels: 1 });
    expect([...png.data]).toEqual([0, 7, 255, 128, 1, 2]);
  });

  it('takes numbers from 0 to 1, and clamps what is beyond', () => {
    const png = decoded(picture(ndarray([-0.2, 0.5, 1, 1.7], [1, 2, 2]), 'four'));
    expect([...png.data]).toEqual([0, 128, 255, 255]);
  });

  it('makes planes of red, green and blue into pixels', () => {
    const png = decoded(picture(ndarray(Uint8Array.of(1, 2, 3, 4, 5, 6), [3, 1, 2]), 'two'));
    expect(png.channels).toBe(3);
    expect([...png.data]).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('has its description, escaped', () => {
    expect(picture(ndarray([0], [1, 1, 1]), 'a "5"').markup).toContain('alt="a &#34;5&#34;"');
  });
});

describe('heat', () => {
  it('grows lighter with the error, evenly, and is clamped at the most', () => {
    const heat = heatScale(2);
    const light = [0, 0.5, 1, 1.5, 2].map((error) => {
      const [red, green, blue] = heat(error);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    expect(light).toEqual(light.toSorted((a, b) => a - b));
    expect(heat(5)).toEqual(heat(2));
    expect(heatScale(0)(0)).toEqual([0, 0, 0]);
  });

  it('adds up the channels', () => {
    const map = ndarray([0.25, 0, 0.5, 0, 0.25, 0], [3, 1, 2]);
    expect(largestError([map])).toBe(1);
    const png = decoded(heatPicture(map, { heat: heatScale(1), alt: '' }));
    expect([...png.data.subarray(0, 3)]).toEqual([...heatScale(1)(1)]);
  });
});
