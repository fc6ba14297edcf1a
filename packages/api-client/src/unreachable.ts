import { Problem } from '@berth/contract';

interface Explanation {
  readonly headline: (server: URL) => string;
  readonly hint: (server: URL) => string;
}

const TRUST: Explanation = {
  headline: ({ origin }) => `The certificate of ${origin} is not one that this machine trusts.`,
  hint: () =>
    'If the server has a certificate of its own making, get its file from your admin and set NODE_EXTRA_CA_CERTS=FILE.',
};

const DIAL_FAILURES: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: {
    headline: ({ origin }) => `Nothing answers at ${origin}.`,
    hint: () => 'Is berthd running there? Check the address and the port, or ask your admin.',
  },
  ENOTFOUND: {
    headline: ({ hostname }) => `There is no host named ${hostname}.`,
    hint: () => 'Check the address for a typing error.',
  },
  EAI_AGAIN: {
    headline: ({ hostname }) => `The name ${hostname} could not be looked up.`,
    hint: () => 'Is this machine online? Name lookups fail at the moment; try again.',
  },
  EHOSTUNREACH: {
    headline: ({ hostname }) => `There is no way from here to ${hostname}.`,
    hint: () => 'Is this machine on the right network, or its VPN up?',
  },
  ENETUNREACH: {
    headline: ({ hostname }) => `There is no way from here to ${hostname}.`,
    hint: () => 'Is this machine on the right network, or its VPN up?',
  },
  ETIMEDOUT: {
    headline: ({ origin }) => `${origin} does not answer.`,
    hint: () => 'The machine may be down, or a firewall drops the connection. Ask your admin.',
  },
  ECONNRESET: {
    headline: ({ origin }) => `${origin} ended the connection.`,
    hint: ({ protocol }) =>
      protocol === 'http:'
        ? 'It may be restarting, or expect https:// instead of http://. Try again.'
        : 'It may be restarting. Try again.',
  },
  EPROTO: {
    headline: ({ origin }) => `${origin} does not speak HTTPS.`,
    hint: ({ host }) => `If it serves plain HTTP, the address is http://${host}.`,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: TRUST,
  SELF_SIGNED_CERT_IN_CHAIN: TRUST,
  UNABLE_TO_GET_ISSUER_CERT: TRUST,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: TRUST,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: TRUST,
  CERT_HAS_EXPIRED: {
    headline: ({ origin }) => `The certificate of ${origin} has expired.`,
    hint: () => 'Tell your admin. If it is not so, check the clock of this machine.',
  },
  CERT_NOT_YET_VALID: {
    headline: ({ origin }) => `The certificate of ${origin} is not valid yet.`,
    hint: () => 'Check the clock of this machine.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    headline: ({ origin, hostname }) => `The certificate of ${origin} is not for ${hostname}.`,
    hint: () => 'Use the name that the certificate is for, or ask your admin.',
  },
};

const OTHER: Explanation = {
  headline: ({ origin }) => `${origin} could not be reached.`,
  hint: () => 'Check the address and your network, or ask your admin.',
};

const SAME: Readonly<Record<string, string>> = { EPIPE: 'ECONNRESET', ECONNABORTED: 'ECONNRESET' };

/** A failed connection as a Problem, with what to do about it. */
export function unreachable(server: string, cause: Error & { code?: string }): Problem {
  const code = codeOf(cause);
  if (code.startsWith('HPE_')) return notBerth(server, cause);
  const { headline, hint } = DIAL_FAILURES[SAME[code] ?? code] ?? OTHER;
  const url = new URL(server);
  return new Problem('server_unreachable', `${headline(url)}\n${hint(url)}`, {
    details: { server, reason: code === '' ? cause.message : code },
    cause,
  });
}

/** Several addresses of one host may fail together; the first says enough. */
function codeOf(error: Error & { code?: string }): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (first instanceof Error && 'code' in first) return String(first.code);
  return error.code ?? '';
}

/** Something answers there, but not as the API does. */
export function notBerth(server: string, cause?: unknown): Problem {
  const { protocol } = new URL(server);
  const other = protocol === 'http:' ? ' It may also expect https:// instead of http://.' : '';
  return new Problem(
    'server_unreachable',
    `What answers at ${server} is not a Berth server.\nCheck the address and the port: another program, or a proxy in between, sent the answer.${other}`,
    { details: { server, reason: 'not_berth' }, cause },
  );
}

/** The server’s answer is Berth’s, but of a shape that this version does not know. */
export function otherVersion(server: string, path: string): Problem {
  return new Problem(
    'server_unreachable',
    `${server} gave an answer that this version of berth does not understand.\nCompare the versions (berth status) and use the newer one here.`,
    { details: { server, reason: 'other_version', path } },
  );
}

/** The connection broke in the middle of an answer. */
export function broken(server: string, what: string, cause?: unknown): Problem {
  return new Problem('server_unreachable', `The connection to ${server} broke. ${what}`, {
    details: { server, reason: 'broken' },
    cause,
  });
}
