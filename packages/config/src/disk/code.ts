/** Whether it is a failure of the system of this kind: ENOENT, EPERM and so on. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
