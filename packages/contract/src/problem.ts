import { Type, type Static } from 'typebox';

/**
 * Every way in which Berth fails, with the HTTP status that carries it. The list is closed: a new
 * failure gets a code here first, so that clients can rely on the codes and the docs can list them.
 */
export const PROBLEM_STATUS = {
  bad_request: 400,
  unauthorized: 401,
  second_factor_required: 401,
  forbidden: 403,
  password_change_required: 403,
  untrusted_origin: 403,
  not_found: 404,
  conflict: 409,
  limit_exceeded: 409,
  name_taken: 409,
  port_unavailable: 409,
  network_unavailable: 409,
  enrolment_closed: 410,
  stale: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  template_rejected: 422,
  rate_limited: 429,
  cancelled: 499,
  internal: 500,
  image_unavailable: 502,
  config_invalid: 503,
  server_stopping: 503,
  engine_unavailable: 503,
  engine_timeout: 504,
  disk_failed: 500,
  disk_full: 507,
  // These arise in the programs themselves and never cross HTTP; the status is what a proxy would say.
  usage: 400,
  not_logged_in: 401,
  server_unreachable: 503,
} as const satisfies Record<string, number>;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** What an error looks like in an HTTP body and at the end of an event stream. */
export const ProblemBody = Type.Object(
  {
    code: Type.Enum(Object.keys(PROBLEM_STATUS) as ProblemCode[]),
    message: Type.String({ description: 'For a person: what happened and what to do.' }),
    details: Type.Record(Type.String(), Type.Unknown(), {
      description: 'For a program; the keys depend on the code.',
    }),
    request_id: Type.String({ description: 'Names the request in the server’s log.' }),
  },
  { additionalProperties: false },
);
export type ProblemBody = Static<typeof ProblemBody>;

/**
 * The one error class. `message` is shown to the user and says what to do; `cause` is only logged.
 * Anything else that is thrown is a bug and becomes `internal`.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: Record<string, unknown>;

  constructor(
    code: ProblemCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return PROBLEM_STATUS[this.code];
  }
}

/** The one way to say “not now”: how many seconds to wait goes out as `Retry-After` too. */
export function rateLimited(message: string, retryAfterSeconds: number): Problem {
  return new Problem('rate_limited', message, {
    details: { retry_after_seconds: retryAfterSeconds },
  });
}
