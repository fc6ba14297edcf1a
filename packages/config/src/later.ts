/** Does work after a while, unless what it returns is called before. Keeps no program from ending. */
export type Later = (work: () => void, ms: number) => () => void;

export const later: Later = (work, ms) => {
  const timer = setTimeout(work, ms).unref();
  return () => {
    clearTimeout(timer);
  };
};
