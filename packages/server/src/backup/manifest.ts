import { Problem, Uuid, VERSION } from '@berth/contract';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { RECORD_KEY, STATE_FOLDERS } from '../state-folders.ts';

/** The first file of a backup. */
export const MANIFEST = 'manifest.json';

const MiB = 1024 * 1024;

/** No configuration comes near: 100,000 users are 50 MB. */
const MOST_BYTES = 512 * MiB;
const MOST_BYTES_IN_ALL = 1024 * MiB;
export const MOST_MANIFEST_BYTES = 64 * MiB;

/** What a backup holds, and how each file has to be. */
export const Manifest = Type.Object(
  {
    format: Type.Literal('berth-backup'),
    version: Type.Literal(1),
    /** Version of the programs that made it. */
    berth: Type.String(),
    /** ISO 8601 in UTC. */
    time: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
    /** `Config.revision` of the files. */
    revision: Type.String(),
    files: Type.Array(
      Type.Object(
        {
          path: Type.String(),
          size: Type.Integer({ minimum: 0, maximum: MOST_BYTES }),
          sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type Manifest = Static<typeof Manifest>;
export type ManifestFile = Manifest['files'][number];

/** What any version of the format begins with, however it goes on. */
const LaterManifest = Type.Object({
  format: Type.Literal('berth-backup'),
  version: Type.Integer({ minimum: 2 }),
  berth: Type.String({ pattern: '^[0-9A-Za-z.+-]{1,64}$' }),
});

const tooNew = ({ berth }: Static<typeof LaterManifest>): Problem =>
  new Problem(
    'bad_request',
    `This backup was made by a newer Berth, ${berth}; this is ${VERSION} and cannot read it. Install ${berth} or newer, and restore it with that. Nothing was changed.`,
  );

/** The only paths that a backup may hold; none of them leads out of a folder. */
function isPathOfBackup(path: string): boolean {
  if (/^config\/(main|containers|users|secrets)\.yaml$/.test(path)) return true;
  const [, user] = /^config\/users\/([^/]+)\.yaml$/.exec(path) ?? [];
  if (user !== undefined) return Check(Uuid, user);
  const [, folder, key = ''] = /^state\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? [];
  return STATE_FOLDERS.some((known) => known === folder) && RECORD_KEY.test(key);
}

/** Throws `bad_request` for what is not a manifest, for a newer one than this version knows, or one that asks for more than a backup may. */
export function parseManifest(text: string): Manifest {
  const manifest = parsed(text);
  if (Check(LaterManifest, manifest)) throw tooNew(manifest);
  if (!Check(Manifest, manifest)) throw damaged(`its ${MANIFEST} is not one of Berth`);
  const paths = new Set<string>();
  let bytes = 0;
  for (const { path, size } of manifest.files) {
    if (!isPathOfBackup(path)) throw damaged(`it names a file that no backup has: ${quoted(path)}`);
    if (paths.has(path)) throw damaged(`it names ${path} twice`);
    paths.add(path);
    bytes += size;
  }
  if (bytes > MOST_BYTES_IN_ALL) throw damaged('it is larger than any backup of Berth');
  return manifest;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(`its ${MANIFEST} is not JSON`, error);
  }
}

export function damaged(why: string, cause?: unknown): Problem {
  return new Problem(
    'bad_request',
    `This is not a backup of Berth, or it is damaged: ${why}. Nothing was changed.`,
    { cause },
  );
}

/** A name that a stranger chose, for a terminal. */
export const quoted = (name: string): string => JSON.stringify(name.slice(0, 200));
