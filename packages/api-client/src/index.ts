export { createApiClient, type ApiClient } from './client.ts';
