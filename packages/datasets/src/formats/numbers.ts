// Numbers as binary files hold them: signed or unsigned, of one to eight bytes, in either byte order.

/** Memory for numbers of a file. 64-bit whole numbers come as doubles. */
export type Numbers =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

interface Kind {
  readonly bytes: number;
  readonly create: (length: number) => Numbers;
  readonly read: (view: DataView, at: number, little: boolean) => number;
}

/** Named as numpy does: `u` unsigned, `i` signed, `f` floating, then the bytes of one. */
const kinds = {
  u1: { bytes: 1, create: (n) => new Uint8Array(n), read: (v, at) => v.getUint8(at) },
  i1: { bytes: 1, create: (n) => new Int8Array(n), read: (v, at) => v.getInt8(at) },
  u2: { bytes: 2, create: (n) => new Uint16Array(n), read: (v, at, le) => v.getUint16(at, le) },
  i2: { bytes: 2, create: (n) => new Int16Array(n), read: (v, at, le) => v.getInt16(at, le) },
  u4: { bytes: 4, create: (n) => new Uint32Array(n), read: (v, at, le) => v.getUint32(at, le) },
  i4: { bytes: 4, create: (n) => new Int32Array(n), read: (v, at, le) => v.getInt32(at, le) },
  f4: { bytes: 4, create: (n) => new Float32Array(n), read: (v, at, le) => v.getFloat32(at, le) },
  f8: { bytes: 8, create: (n) => new Float64Array(n), read: (v, at, le) => v.getFloat64(at, le) },
  u8: {
    bytes: 8,
    create: (n) => new Float64Array(n),
    read: (v, at, le) => Number(v.getBigUint64(at, le)),
  },
  i8: {
    bytes: 8,
    create: (n) => new Float64Array(n),
    read: (v, at, le) => Number(v.getBigInt64(at, le)),
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type NumberKind = keyof typeof kinds;

/** Whether a name, as numpy writes it (`f4`), is that of numbers that are read here. */
export function isNumberKind(name: string): name is NumberKind {
  return Object.hasOwn(kinds, name);
}

/** Bytes of one number. */
export function bytesOf(kind: NumberKind): number {
  return kinds[kind].bytes;
}

/** The numbers that `bytes` holds, whole ones only; unsigned bytes share their memory. */
export function readNumbers(bytes: Uint8Array, kind: NumberKind, little: boolean): Numbers {
  if (kind === 'u1') return bytes;
  const { bytes: width, create, read }: Kind = kinds[kind];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = create(Math.floor(bytes.length / width));
  for (let i = 0; i < numbers.length; i += 1) numbers[i] = read(view, i * width, little);
  return numbers;
}
