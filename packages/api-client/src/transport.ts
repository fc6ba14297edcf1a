/** One HTTP request, as far as the API needs it. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Below the server’s address, with a leading slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /**
   * How long the server may say nothing before it counts as gone, in milliseconds; undefined where
   * silence is no sign, as in the middle of a long start.
   */
  readonly patience: number | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface ApiResponse {
  readonly status: number;
  /** A header by its lower-case name. */
  header(name: string): string | undefined;
  /** The bytes as they come. A connection that breaks makes it throw: it never looks like the end. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Carries requests to one server. Throws a Problem: `server_unreachable` when no answer comes, and
 * `cancelled` when the signal fires.
 */
export interface Transport {
  /** The server’s address, for messages. */
  readonly server: string;
  send(request: ApiRequest): Promise<ApiResponse>;
}
