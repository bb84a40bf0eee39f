import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Construct } from 'constructs';

/** What a certificate is for. */
export interface CertificateProps {
  /** DNS name that clients use. */
  readonly domainName: string;
  /** Route 53 zone of the name; must be delegated, or the validation never ends. */
  readonly hostedZoneId: string;
}

/** A public ACM certificate, validated by DNS and renewed by AWS as long as its record stands. */
export class Certificate extends Construct {
  /** ARN of the certificate, once it is valid. */
  public readonly arn: string;

  public constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    const certificate = new AcmCertificate(this, 'certificate', {
      domainName: props.domainName,
      validationMethod: 'DNS',
      // A new name: the listener changes over before the old certificate goes.
      lifecycle: { createBeforeDestroy: true },
    });
    // One name, one record; the provider gives the options as a set, which has no order to index.
    const option = (attribute: string) =>
      `\${tolist(aws_acm_certificate.${certificate.friendlyUniqueId}.domain_validation_options)[0].${attribute}}`;
    const record = new Route53Record(this, 'validation-record', {
      zoneId: props.hostedZoneId,
      name: option('resource_record_name'),
      type: option('resource_record_type'),
      records: [option('resource_record_value')],
      ttl: 300,
      // The record of a name is the same for every certificate of the account, so it may be there already.
      allowOverwrite: true,
    });
    this.arn = new AcmCertificateValidation(this, 'validation', {
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
    }).certificateArn;
  }
}
