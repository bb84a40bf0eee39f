import { DataAwsRoute53Zone } from '@cdktf/provider-aws/lib/data-aws-route53-zone';
import type { Construct } from 'constructs';

/** A zone, and the name that is to be made in it. */
export interface HostedZoneProps {
  /** Id of the Route 53 zone. */
  readonly zoneId: string;
  /** DNS name that clients use. */
  readonly domainName: string;
  /** Whether a certificate is validated in it, which takes a zone that the internet sees. */
  readonly validates: boolean;
}

/**
 * Looks a zone up, so that the plan says what the deploy would find out after an hour: a name that is not of the zone, or a zone that
 * nobody sees. Source: AWS Certificate Manager user guide, "DNS validation".
 */
export function lookUpZone(scope: Construct, id: string, { zoneId, domainName, validates }: HostedZoneProps): void {
  const zone = new DataAwsRoute53Zone(scope, id, { zoneId });
  zone.lifecycle = {
    postcondition: [
      {
        condition: `\${endswith(".${domainName}", ".\${trimsuffix(self.name, ".")}")}`,
        errorMessage: `loadBalancer.hostedZoneId: got ${zoneId}, the zone of \${self.name}, want the zone of "${domainName}"`,
      },
      ...(validates
        ? [
            {
              condition: '${!self.private_zone}',
              errorMessage:
                `loadBalancer.hostedZoneId: got ${zoneId}, a private zone, want a public one: ` +
                'AWS validates the certificate over the internet; with loadBalancer.certificateArn a private zone will do',
            },
          ]
        : []),
    ],
  };
}
