/** A file of an archive. */
export interface TarFile {
  /** Path inside the archive, at most 100 bytes. */
  readonly name: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

const block = 512;

/**
 * Packs files into a ustar archive, the same bytes for the same files: no times, no owners. Synchronously, as constructs need it;
 * the packing libraries stream.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format".
 */
export function tarArchive(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(({ name, content, executable }) => [
    header(name, content.length, executable ? 0o755 : 0o644),
    content,
    Buffer.alloc((block - (content.length % block)) % block),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header(name: string, size: number, mode: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`got the path "${name}", want at most 100 bytes`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'ascii');
  bytes.write(name, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8); // owner and group: root
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12); // the time: 1970
  bytes.write('        ', 148); // the checksum is taken with blanks in its place
  bytes.write('0', 156);
  bytes.write('ustar\x0000', 257);
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return bytes;
}
