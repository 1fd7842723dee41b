// Numbers as base64 text, as the JSON of outputs holds them. Runs anywhere.

/** `String.fromCharCode` takes its characters as arguments, of which a stack holds only so many. */
const chunkSize = 0x8000;

/** The values as float32, little-endian. */
export function toBase64(values: Float32Array): string {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setFloat32(4 * index, value, true);
  let binary = '';
  for (let start = 0; start < bytes.length; start += chunkSize)
    binary += String.fromCharCode(...bytes.subarray(start, start + chunkSize));
  return btoa(binary);
}

/** The other way round. Undefined: not the base64 of float32 values. */
export function fromBase64(text: string): Float32Array | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  if (binary.length % 4 !== 0) return undefined;
  const view = new DataView(new ArrayBuffer(binary.length));
  for (let index = 0; index < binary.length; index++) view.setUint8(index, binary.charCodeAt(index));
  return Float32Array.from({ length: binary.length / 4 }, (_, index) => view.getFloat32(4 * index, true));
}
