export { type LogEntry, type LogFilter } from './entries.ts';
export { followLog } from './follow-log.ts';
export { latestEntries } from './latest-entries.ts';
export { createLogFile } from './log-file.ts';
export { createLog, SEVERITIES, type Log } from './log.ts';
export { readLog } from './read-log.ts';
