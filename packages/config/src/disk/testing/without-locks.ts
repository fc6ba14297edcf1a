import { dlopen, getRawPointer } from 'node:ffi';

/**
 * Imported for what it does: from then on flock(2) fails in this process with ENOLCK, as on a file system
 * that cannot lock. A seccomp filter of four instructions says so, see seccomp(2).
 */
const FLOCK = process.arch === 'arm64' ? 32 : 73;
const ENOLCK = 37;
const PR_SET_SECCOMP = 22;
const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_MODE_FILTER = 2n;

const { functions: libc } = dlopen(null, {
  prctl: { arguments: ['i32', 'u64', 'u64', 'u64', 'u64'], return: 'i32' },
});

const LOAD_NUMBER = [0x20, 0, 0, 0] as const;
const SKIP_UNLESS_FLOCK = [0x15, 0, 1, FLOCK] as const;
const FAIL = [0x06, 0, 0, 0x5_0000 + ENOLCK] as const;
const ALLOW = [0x06, 0, 0, 0x7fff_0000] as const;

const filter = Buffer.alloc(32);
for (const [index, [code, ifTrue, ifFalse, value]] of [
  LOAD_NUMBER,
  SKIP_UNLESS_FLOCK,
  FAIL,
  ALLOW,
].entries()) {
  filter.writeUInt16LE(code, index * 8);
  filter.writeUInt8(ifTrue, index * 8 + 2);
  filter.writeUInt8(ifFalse, index * 8 + 3);
  filter.writeUInt32LE(value, index * 8 + 4);
}
const program = Buffer.alloc(16);
program.writeUInt16LE(4, 0);
program.writeBigUInt64LE(getRawPointer(filter), 8);

const isInForce =
  libc.prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) === 0 &&
  libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, getRawPointer(program), 0n, 0n) === 0;
if (!isInForce) throw new Error('This system takes no seccomp filter');
