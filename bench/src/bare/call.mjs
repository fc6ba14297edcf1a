// What `berth list` is measured against: a script that makes one request and prints the answer.
// node call.mjs URL AUTHORIZATION
import { get } from 'node:http';

const [, , url = '', authorization] = process.argv;
get(url, { headers: { authorization } }, (response) => response.pipe(process.stdout));
