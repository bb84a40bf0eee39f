export { ensureAwsProvider } from './aws-provider';
export { ensureTerraform, type Terraform } from './terraform';
