export { acceptedIn, type Accepted } from './accepted';
export { scan, type Finding, type Scan } from './checkov';
