// For tests: a MAT-file of version 5 with variables that are rows of cells of doubles, as its format's page says.

import { deflateSync } from 'node:zlib';

/** Numbers in MATLAB's order, down the columns. */
export interface MatCell {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export function matBytes(
  variables: Readonly<Record<string, readonly MatCell[]>>,
  { deflated = true } = {},
): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file, written by a test');
  header.set([0, 1, 0x49, 0x4d], 124);
  const written = Object.entries(variables).map(([name, cells]) => {
    const variable = array(1, [1, cells.length], {
      name,
      content: Buffer.concat(
        cells.map(({ shape, data }) =>
          array(6, shape, {
            name: '',
            content: element(9, Buffer.from(Float64Array.from(data).buffer)),
          }),
        ),
      ),
    });
    if (!deflated) return variable;
    const packed = deflateSync(variable);
    return Buffer.concat([words(15, packed.length), packed]);
  });
  return Buffer.concat([header, ...written]);
}

function array(
  arrayClass: number,
  shape: readonly number[],
  { name, content }: { readonly name: string; readonly content: Buffer },
): Buffer {
  return element(
    14,
    Buffer.concat([
      element(6, words(arrayClass, 0)),
      element(5, words(...shape)),
      element(1, Buffer.from(name)),
      content,
    ]),
  );
}

/** Up to four bytes go into the tag, as MATLAB writes them. */
function element(type: number, content: Buffer): Buffer {
  if (content.length > 0 && content.length <= 4) {
    return Buffer.concat([
      words(type | (content.length << 16)),
      content,
      Buffer.alloc(4 - content.length),
    ]);
  }
  const padding = Buffer.alloc((8 - (content.length % 8)) % 8);
  return Buffer.concat([words(type, content.length), content, padding]);
}

function words(...values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}
