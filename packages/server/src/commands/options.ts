import { Option } from 'commander';

/** The option that names the configuration folder, the same for every command. */
export const configOption = (): Option =>
  new Option('--config <dir>', 'configuration folder').env('BERTH_CONFIG').default('/etc/berth');

/** How a command speaks to the person who ran it. */
export interface Output {
  /** A line of the result, on standard output. */
  line(text: string): void;
  /** What the person should know besides, on standard error. */
  warn(text: string): void;
}
