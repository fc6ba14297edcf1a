import { isObject, sameJson, valueOf, type Json, type JsonObject } from '../yaml/json.ts';
import { changesBetween, type Change } from '../yaml/splice.ts';

/** One file, or a part of it, in three versions. */
export interface Versions<T> {
  /** What the hand had opened. */
  readonly opened: T;
  /** What it has saved. */
  readonly theirs: T;
  /** What others have made of it meanwhile. */
  readonly ours: T;
}

/**
 * What a hand has changed since it opened a file, where nobody else has changed the same. Whom it locked
 * out is locked out whatever others have changed about them: users and clients it took out, users it
 * disabled.
 */
export function changesByHand(versions: Versions<Json>): Change[] {
  const { opened, theirs, ours } = versions;
  const own = changesBetween(opened, theirs).filter(({ path }) => isUntouched(path, opened, ours));
  return [...own, ...lockOuts(versions)];
}

/** Whether a value is as it was, and where it was. */
function isUntouched([name, ...rest]: readonly string[], before: Json, now: Json): boolean {
  if (name === undefined || !isObject(before) || !isObject(now)) return sameJson(before, now);
  const [old, young] = [valueOf(before, name), valueOf(now, name)];
  if (old === undefined || young === undefined) return old === young;
  return isUntouched(rest, old, young);
}

function lockOuts({ opened, theirs, ours }: Versions<Json>): Change[] {
  const known = mappingIn(opened, 'users');
  const kept = mappingIn(theirs, 'users');
  return Object.entries(mappingIn(ours, 'users')).flatMap(([id, user]) => {
    const path = ['users', id];
    const saved = valueOf(kept, id);
    const isKnown = valueOf(known, id) !== undefined;
    if (saved === undefined) return isKnown ? [{ path, value: undefined }] : [];
    const disabled = isObject(saved) && saved['disabled'] === true;
    const clients = mappingIn(saved, 'clients');
    const gone = Object.keys(mappingIn(valueOf(known, id), 'clients')).filter(
      (client) => !Object.hasOwn(clients, client),
    );
    return [
      ...(disabled ? [{ path: [...path, 'disabled'], value: true }] : []),
      ...gone
        .filter((client) => Object.hasOwn(mappingIn(user, 'clients'), client))
        .map((client): Change => ({ path: [...path, 'clients', client], value: undefined })),
    ];
  });
}

/** Empty where there is none. */
function mappingIn(value: Json | undefined, key: string): JsonObject {
  const found = isObject(value) ? valueOf(value, key) : undefined;
  return isObject(found) ? found : {};
}
