export {
  createApiClient,
  type ApiClient,
  type ApiClientOptions,
  type FetchedConfig,
} from './client.ts';
export type { ApiRequest, ApiResponse, Transport } from './transport.ts';
