import { PROBLEM_STATUS, type ProblemCode } from '@berth/contract';

/** When each code is given. The compiler refuses a code that nobody has explained. */
const MEANING: Readonly<Record<ProblemCode, string>> = {
  bad_request: 'The request is malformed: wrong JSON, an unknown key, a bad header.',
  unauthorized: 'No credential, or one that is unknown, wrong, expired or revoked. All alike.',
  second_factor_required:
    'The password is right, and the code of the app is missing, wrong, or was used.',
  forbidden: 'Known, but not allowed: a template that is not yours, a client that was refused.',
  password_change_required:
    'This login has to set another password before it may do anything else.',
  untrusted_origin:
    'A login’s request that changes something came without its token, or from another site.',
  not_found: 'There is no such container, user, template, enrolment or route.',
  conflict: 'It does not fit what is there: a lock that is held, a client id in use.',
  limit_exceeded: 'The start would pass one of the user’s limits. `details` has the numbers.',
  name_taken: 'The engine has something of that name which is not this user’s.',
  port_unavailable: 'No host port is free, or the address to bind does not exist.',
  network_unavailable: 'No subnet or address is free, or the network is gone.',
  enrolment_closed: 'The invite or the code was used, has expired, or never was.',
  stale: 'It was changed since the caller looked at it. `details` says what, by whom and when.',
  payload_too_large: 'The body is larger than 64 KiB.',
  unsupported_media_type: 'The body is compressed.',
  template_rejected: 'The engine refuses what the template asks for. The admin corrects it.',
  rate_limited: 'Too many requests, or too many wait. `Retry-After` says when to come again.',
  cancelled: 'The caller went away, or pressed Ctrl-C; the start was undone.',
  internal: 'A bug. The log of the server says what happened.',
  image_unavailable: 'The image is not there and cannot be fetched.',
  config_invalid: 'A configuration file does not load. For the admin the message says where.',
  server_stopping: 'The server is told to stop, and what was under way has been undone.',
  engine_unavailable: 'The container engine is not there, or may not be used.',
  engine_timeout: 'The engine did not answer in time. Whether it was done is unknown.',
  disk_failed: 'The server’s disk refuses: rights, a mount, or a fault. The message says which.',
  disk_full: 'No space is left, on the engine’s disk or the server’s.',
  usage: 'The command line is wrong.',
  not_logged_in: 'There is no login for that server on this machine.',
  server_unreachable: 'No answer came from the server, or it was not Berth’s.',
};

/** Every code, its HTTP status, and when it is given. */
export function problemsPage(): string {
  const rows = Object.entries(PROBLEM_STATUS).map(
    ([code, status]) => `| \`${code}\` | ${status} | ${MEANING[code as ProblemCode]} |`,
  );
  return `# Problem codes

This page is made from the code (\`npm run docs\`); do not edit it by hand.

An error of the server is \`{code, message, details, request_id}\`. The \`code\` is one of these, and
the list is closed. The \`message\` is for a person, \`details\` for a program, and \`request_id\` names
the request in the server’s log. With \`berth -v\` you see all four. The last three codes arise in
\`berth\` and \`berthd\` themselves and never cross HTTP. How a code becomes an exit code is in the
[user guide](../user-guide.md#exit-codes).

| code | status | when |
| --- | --- | --- |
${rows.join('\n')}
`;
}
