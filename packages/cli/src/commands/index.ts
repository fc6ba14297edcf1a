import type { Command } from '../command.ts';
import { list } from './list.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';

/** In the order in which a new user meets them. */
export const COMMANDS: readonly Command[] = [login, list, start, stop, status, logout];
