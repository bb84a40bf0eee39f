import { parse } from 'tldts';

/** Domains that the public suffix list knows and nobody can have: reverse lookups, home networks, Tor. Source: RFC 3172, 8375, 7686. */
const unowned = /(^|\.)(arpa|onion)$/;

/** Domains of AWS itself. Source: the public suffix list, section "Amazon", and AWS Certificate Manager user guide, "Domain validation". */
const ofAws =
  /(^|\.)(amazonaws\.com(\.cn)?|awsapps\.com|cloudfront\.net|elasticbeanstalk\.com|awsapprunner\.com|awsglobalaccelerator\.com|amplifyapp\.com|amazoncognito\.com|on\.aws|api\.aws|aws)$/;

/** Whether a name is in a domain that somebody can have on the internet: under a suffix of the public suffix list, and not one itself. */
export function isPublicName(host: string): boolean {
  const { domain, isIcann } = parse(host);
  return isIcann === true && domain !== null && !unowned.test(host);
}

/** Whether a name is in a domain of AWS. */
export function isNameOfAws(host: string): boolean {
  return ofAws.test(host);
}

/** Whether a name is in a domain for examples (RFC 2606), which stands for one of one's own. */
export function isExampleName(host: string): boolean {
  return /(^|\.)example\.(com|net|org)$/.test(host);
}
