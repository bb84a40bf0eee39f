import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const variables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/** Whether somebody has set up credentials, in variables or in the files of the AWS CLI; not whether they are good. */
export function hasCredentials(env: NodeJS.ProcessEnv = process.env): boolean {
  const folder = join(homedir(), '.aws');
  const files = [
    env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials'),
    env.AWS_CONFIG_FILE ?? join(folder, 'config'),
  ];
  return variables.some((name) => env[name]) || files.some((file) => file !== '/dev/null' && existsSync(file));
}

/** Whether they are those that libs/workbench gives for its emulated AWS, which are no secret. */
export function isEmulated(env: NodeJS.ProcessEnv = process.env): boolean {
  return env.AWS_ACCESS_KEY_ID === 'emulated';
}
