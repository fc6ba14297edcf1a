import { mkdir, open, stat, type FileHandle } from 'node:fs/promises';

/** A file that is appended to. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: bigint;
  /** When its first entry was written, milliseconds since 1970. */
  readonly begun: number;
  /** Up to where it is whole. */
  size: number;
  /** Whether its last line has no end: a power cut, or kill -9. */
  isTorn: boolean;
}

/** Whether the file still stands there: somebody may have moved it away, or removed it. */
export async function isStill(path: string, { inode }: OpenFile): Promise<boolean> {
  try {
    return (await stat(path, { bigint: true })).ino === inode;
  } catch {
    // Whatever it is, opening it says so.
    return false;
  }
}

/** @param time of now, in milliseconds since 1970 */
export async function openFile(directory: string, path: string, time: number): Promise<OpenFile> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const handle = await open(path, 'a+', 0o600);
  try {
    const { ino, size } = await handle.stat({ bigint: true });
    const begun = (await firstTime(handle)) ?? time;
    const isTorn = size > 0n && !(await endsInNewline(handle, Number(size)));
    return { handle, inode: ino, begun, size: Number(size), isTorn };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function endsInNewline(handle: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
}

/** The time of the first entry: a file’s own times change with every write, or are not kept. */
async function firstTime(handle: FileHandle): Promise<number | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
  const text = buffer.toString('utf8', 0, bytesRead);
  const time = Date.parse(/^time: "([^"]*)"$/m.exec(text)?.[1] ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Appends all of it, or nothing: a part is cut off again, so that no entry is torn by a full disk. */
export async function append(file: OpenFile, text: string): Promise<void> {
  const bytes = Buffer.from(file.isTorn ? `\n${text}` : text);
  try {
    let written = 0;
    while (written < bytes.length) {
      written += (await file.handle.write(bytes, written)).bytesWritten;
    }
    file.size += bytes.length;
    file.isTorn = false;
  } catch (error) {
    await file.handle.truncate(file.size).catch(() => undefined);
    throw error;
  }
}
