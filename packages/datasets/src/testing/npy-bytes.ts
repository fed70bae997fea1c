// For tests: an NPY file as its format's page says.

export function npyBytes(
  data: Uint8Array | Float64Array | BigInt64Array,
  shape: readonly number[],
  { fortran = false } = {},
): Buffer {
  const kind = data instanceof Uint8Array ? '|u1' : data instanceof Float64Array ? '<f8' : '<i8';
  const order = fortran ? 'True' : 'False';
  const lengths = `(${shape.map((length) => `${length},`).join(' ')})`;
  const text = `{'descr': '${kind}', 'fortran_order': ${order}, 'shape': ${lengths}, }`;
  const header = `${text.padEnd(117)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([
    start,
    Buffer.from(header),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
}
