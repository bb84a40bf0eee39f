import { ownTags } from '../aws';
import { dotted } from '../show';
import { when, type Rule } from './rule';

/** The state of the stack that an account needs once is kept beside those of the environments. */
const nameIsFree: Rule = ({ name }) =>
  when(name.startsWith('bootstrap'), 'name', 'another name: bootstrap is the stack that keeps the state of all others');

/** Terraform appends 26 characters to a bucket prefix, and S3 takes 63. */
const bucketNameFits: Rule = ({ artifacts, name }) =>
  when(
    `${artifacts.bucketPrefix}-${name}-`.length > 37,
    'artifacts.bucketPrefix',
    `at most ${35 - name.length} characters, so that environment and unique ending fit into 63 ` +
      '(Amazon S3 user guide, "Bucket naming rules")',
    ['name'],
  );

const tagsHaveAcceptedCharacters: Rule = ({ tags }) =>
  Object.entries(tags).flatMap(([key, value]) => [
    ...when(
      /^(aws|rds):/i.test(key) || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key),
      ['tags', key],
      'a tag name of at most 128 letters, digits, spaces and _.:/=+-@ that does not begin with "aws:" or "rds:" ' +
        '(AWS Tagging guide, "Tag naming limits and requirements"; Amazon RDS API reference, "Tag")',
    ),
    ...when(
      !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value),
      ['tags', key],
      'a tag value of at most 256 letters, digits, spaces and _.:/=+-@ (AWS Tagging guide, "Tag naming limits and requirements")',
    ),
    ...when(
      key !== key.trim() || value !== value.trim(),
      ['tags', key],
      'name and value without spaces around them (Elastic Load Balancing API reference, "Tag")',
    ),
  ]);

/** The server's files are an S3 object, which takes fewer tags than anything else, and three are ours. */
const tagsAreFew: Rule = ({ tags }) =>
  when(
    Object.keys(tags).length > 7,
    'tags',
    'at most 7 tags: an S3 object takes 10 with ours (Amazon S3 user guide, "Categorizing your objects using tags")',
  );

/** IAM roles refuse keys that differ by case only, and ours win over those given. */
const tagsDifferByMoreThanCase: Rule = ({ tags }) =>
  Object.keys(tags).flatMap((key, index, keys) => {
    const same = (other: string) => other.toLowerCase() === key.toLowerCase();
    const taken = ownTags.find(same) ?? keys.slice(0, index).find(same);
    return when(
      taken !== undefined,
      ['tags', key],
      `another tag name: ${dotted([taken ?? ''])} is there already, and case makes no difference (IAM user guide, "Rules for tagging in IAM and AWS STS")`,
    );
  });

/** Rules about names and tags. */
export const namingRules: readonly Rule[] = [
  nameIsFree,
  bucketNameFits,
  tagsHaveAcceptedCharacters,
  tagsAreFew,
  tagsDifferByMoreThanCase,
];
