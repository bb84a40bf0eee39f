export { trackingServerBundle, type Bundle } from './bundle';
export type { ServerConfig } from './server-config';
export { renderUserData, type UserDataInput } from './user-data';
