import { acceptFindings } from '@mlflow-on-aws/foundation';
import { TerraformResource, TerraformStack, Testing } from 'cdktf';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { acceptedIn } from './accepted';

it('finds what a construct accepts, beside its resource, without a change of the resource', () => {
  const stack = new TerraformStack(Testing.app(), 'test');
  const thing = new TerraformResource(stack, 'thing', { terraformResourceType: 'aws_thing' });
  acceptFindings(thing, { CKV_AWS_1: 'It is only a test.' });
  const folder = Testing.fullSynth(stack);
  const synthesized = JSON.parse(readFileSync(join(folder, 'stacks', 'test', 'cdk.tf.json'), 'utf8'));
  rmSync(folder, { recursive: true });
  expect(acceptedIn(synthesized)).toEqual([
    { address: 'aws_thing.thing', check: 'CKV_AWS_1', reason: 'It is only a test.' },
  ]);
  expect(Object.keys(synthesized.resource.aws_thing.thing)).toEqual(['//']);
});

it('finds nothing where nothing is accepted', () => expect(acceptedIn({})).toEqual([]));
