import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessMissing } from '@berth/config';
import { AuditEntry, type AuditPage, type AuditQuery } from '@berth/contract';
import { Check } from 'typebox/value';
import { auditFiles, auditFolder } from './audit-files.ts';

const USUAL_LIMIT = 100;

/** A page of the trail, the newest first. What is torn or was damaged is left out. */
export async function readAudit(stateDirectory: string, query: AuditQuery): Promise<AuditPage> {
  const folder = auditFolder(stateDirectory);
  const [lastFile = '99999999', lastEnd = Infinity] = query.before?.split(':') ?? [];
  const { since, limit = USUAL_LIMIT } = query;
  const entries: AuditEntry[] = [];
  for (const name of (await auditFiles(folder)).toReversed()) {
    const number = name.slice(0, 8);
    if (number > lastFile) continue;
    // The oldest files go when there are too many.
    const bytes = await unlessMissing(readFile(join(folder, name)));
    if (bytes === undefined) continue;
    const end = number === lastFile ? Number(lastEnd) : bytes.length;
    for (const { start, entry } of backwards(bytes.subarray(0, end))) {
      if (since !== undefined && entry.time < since) return { entries, next: null };
      if (!isWanted(entry, query)) continue;
      entries.push(entry);
      if (entries.length === limit) return { entries, next: `${number}:${start}` };
    }
  }
  return { entries, next: null };
}

const NEWLINE = 10;

function* backwards(bytes: Buffer): Generator<{ start: number; entry: AuditEntry }> {
  let end = bytes.length;
  while (end > 0) {
    const start = bytes.lastIndexOf(NEWLINE, end - 1) + 1;
    const entry = entryOf(bytes.toString('utf8', start, end));
    if (entry !== undefined) yield { start, entry };
    end = start - 1;
  }
}

function entryOf(line: string): AuditEntry | undefined {
  if (!line.startsWith('--- ')) return undefined;
  try {
    const value: unknown = JSON.parse(line.slice(4));
    return Check(AuditEntry, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWanted(entry: AuditEntry, { by, action, outcome, until }: AuditQuery): boolean {
  return (
    (by === undefined || entry.by.name === by) &&
    (action === undefined || entry.action === action) &&
    (outcome === undefined || entry.outcome === outcome) &&
    (until === undefined || entry.time <= until)
  );
}
