/** Whether a range of addresses is so wide that it is the internet: a /0, or one of the few halves or quarters that make one up. */
export function isWholeInternet(cidr: unknown): boolean {
  if (typeof cidr !== 'string') return false;
  const [address = '', length = ''] = cidr.split('/');
  if (!/^\d+$/.test(length)) return false;
  // Private IPv6 addresses are fc00::/7; no smaller network than the internet itself is a /7 (IPv4) or a /15 (IPv6).
  if (address.includes(':')) return Number(length) < 16 && !/^f[cd]/i.test(address);
  return Number(length) < 8;
}

/** Who may come in where: one source of a rule of a security group. */
export interface Ingress {
  readonly source: string;
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

/** The ports and source of a rule, as a person says it. */
export function ingressText({ protocol, from, to, source }: Ingress): string {
  const ports = from <= 0 && to >= 65535 ? 'every port' : from === to ? `port ${from}` : `ports ${from} to ${to}`;
  return `${protocol === '-1' ? 'every protocol and port' : `${protocol} ${ports}`} from ${source}`;
}

/** Whether one rule lets in all that another does. */
export function covers(wide: Ingress, narrow: Ingress): boolean {
  return (
    (wide.source === narrow.source ||
      (isWholeInternet(wide.source) && wide.source.includes(':') === narrow.source.includes(':'))) &&
    (wide.protocol === '-1' || wide.protocol === narrow.protocol) &&
    wide.from <= narrow.from &&
    wide.to >= narrow.to
  );
}
