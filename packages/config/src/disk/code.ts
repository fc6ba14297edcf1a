/** Whether it is a failure of the system of this kind: ENOENT, EPERM and so on. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** What is found, or undefined where there is no such file or folder, which other codes may say too. */
export async function unlessMissing<T>(
  found: Promise<T>,
  ...also: readonly string[]
): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (['ENOENT', ...also].some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}
