/** Node has four threads for files; the disk writes what they wait for as one. */
const AT_ONCE = 16;

/**
 * Does work on every item, several at once. Where one fails no more are begun, and the failure is told
 * when those that had been are over.
 */
export async function severalAtOnce<T>(
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items].values();
  let isFailed = false;
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (isFailed) return;
      try {
        await work(item);
      } catch (error) {
        isFailed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
