import { Type, type Static } from 'typebox';
import { ClientView } from './users.ts';

const closed = { additionalProperties: false };

const change = {
  number: Type.Integer({ minimum: 1 }),
  time: Type.String({ description: 'ISO 8601 in UTC.' }),
  by: Type.String({ description: 'Who made it; `by hand` is nobody knows who.' }),
  what: Type.String({ description: 'In words.' }),
  revision: Type.String({ description: 'Of the whole configuration after it.' }),
};

/** Query of `GET /admin/history`. */
export const HistoryQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1000,
        description: 'How many, the newest; 100 if it is not said.',
      }),
    ),
  },
  closed,
);

/** Answer of `GET /admin/history`: the changes of the configuration, the newest first. */
export const HistoryList = Type.Object(
  {
    changes: Type.Array(Type.Object({ ...change, files: Type.Array(Type.String()) }, closed)),
    older: Type.Integer({ description: 'How many older ones there are.' }),
    rejected: Type.Array(
      Type.Object({ file: Type.String(), path: Type.String(), time: Type.String() }, closed),
      { description: 'Texts that were wrong, or gave way to others, and were kept at `path`.' },
    ),
  },
  closed,
);
export type HistoryList = Static<typeof HistoryList>;

/** What is different in one file. */
export const FileDifference = Type.Object(
  {
    file: Type.String(),
    change: Type.Enum(['added', 'removed', 'changed']),
    added: Type.Integer({ description: 'Lines.' }),
    removed: Type.Integer({ description: 'Lines.' }),
    lines: Type.Array(Type.String(), {
      description: 'In the unified format. What could be a secret is `(hidden)`.',
    }),
  },
  closed,
);
export type FileDifference = Static<typeof FileDifference>;

/** Answer of `GET /admin/history/{number}`. */
export const HistoryChange = Type.Object(
  {
    ...change,
    files: Type.Array(FileDifference),
    unknown: Type.Array(Type.String(), {
      description: 'Files of which is not known how they were before.',
    }),
  },
  closed,
);
export type HistoryChange = Static<typeof HistoryChange>;

/** Answer of `GET /admin/history/{number}/restore`: what a restore would change. */
export const RestorePreview = Type.Object(
  {
    files: Type.Array(FileDifference),
    let_in: Type.Array(ClientView, {
      description: 'Clients that cannot come in now, and could then.',
    }),
  },
  closed,
);
export type RestorePreview = Static<typeof RestorePreview>;

/** Answer of `POST /admin/history/{number}/restore`. */
export const Restored = Type.Object(
  {
    number: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Of the change that this is; null where the files were like that already.',
    }),
    revision: Type.String(),
    let_in: Type.Array(ClientView, { description: 'Clients that can come in again.' }),
  },
  closed,
);
export type Restored = Static<typeof Restored>;
