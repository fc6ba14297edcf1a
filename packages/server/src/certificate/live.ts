import { stat } from 'node:fs/promises';
import { Problem } from '@berth/contract';
import type { Log } from '@berth/logs';
import {
  expiryOf,
  readCertificate,
  type Certificate,
  type CertificateFiles,
} from './certificate.ts';

/** The certificate of a running server: always the last one that could be served. */
export interface LiveCertificate {
  current(): Certificate;
  /** What is wrong with it, or with the files that are to take its place; undefined where nothing is. */
  fault(): string | undefined;
  /** Reads the files now. Does not reject for what is wrong with them: see `fault`. */
  reload(): Promise<void>;
  /** To be called now and then: reads the files where they have changed, once both are at rest. */
  look(): Promise<void>;
}

/** Whoever renews certificates does so some weeks before they expire. */
const SOON_MS = 7 * 86_400_000;

/**
 * Reads a certificate; throws `config_invalid` where it cannot be served.
 *
 * @param options.files are those that the configuration names now
 * @param options.onRenewed gets each that takes the place of the first
 */
export async function openLiveCertificate(options: {
  readonly files: () => CertificateFiles;
  readonly onRenewed: (certificate: Certificate) => void;
  readonly log: Log;
  readonly now: () => Date;
}): Promise<LiveCertificate> {
  const { files, onRenewed, log, now } = options;
  let loaded = await stateOf(files());
  let seen = loaded;
  let certificate = await readCertificate(files());
  let rejection: Problem | undefined;
  let warned = '';

  const warnOfExpiry = (): void => {
    const expiry = expiryOf(certificate, now());
    const isSoon = certificate.validTo.getTime() - now().getTime() < SOON_MS;
    const warning = expiry ?? (isSoon ? 'expires soon' : '');
    if (warning === warned) return;
    warned = warning;
    const valid = { from: certificate.validFrom, to: certificate.validTo };
    if (expiry !== undefined) log.error('certificate_not_valid', { valid });
    else if (isSoon) log.warn('certificate_expires', { valid });
  };

  const reload = async (): Promise<void> => {
    const named = files();
    try {
      loaded = await stateOf(named);
      const read = await readCertificate(named);
      rejection = undefined;
      if (read.cert.equals(certificate.cert) && read.key.equals(certificate.key)) return;
      onRenewed(read);
      certificate = read;
      log.info('certificate_renewed', { fingerprint: read.fingerprint, expires: read.validTo });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.message !== rejection?.message) {
        log.error('certificate_rejected', { problem: error, running: certificate.fingerprint });
      }
      rejection = error;
    }
    warnOfExpiry();
  };

  warnOfExpiry();
  return {
    current: () => certificate,
    fault: () => rejection?.message ?? expiryOf(certificate, now()),
    reload,
    look: async () => {
      const state = await stateOf(files());
      // One of the two is often written some time before the other.
      const isAtRest = state === seen;
      seen = state;
      if (isAtRest && state !== loaded) await reload();
      else warnOfExpiry();
    },
  };
}

/** Names what is at both paths, wherever links lead. */
async function stateOf({ certFile, keyFile }: CertificateFiles): Promise<string> {
  const states = [certFile, keyFile].map(async (path) => {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
      return [path, dev, ino, size, mtimeNs, ctimeNs].join(' ');
    } catch {
      // To read it says why.
      return path;
    }
  });
  return (await Promise.all(states)).join('\n');
}
