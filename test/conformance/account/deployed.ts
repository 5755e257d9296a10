// What aws_account/deployed.py reads out of the account.
import type { FunctionDefinition, RouteDefinition } from '../../../infra/local/cloudformation/template.ts'

export interface RecordedResource {
  readonly stack: string
  readonly logicalId: string
  readonly type: string
  readonly physicalId: string
  readonly properties: Readonly<Record<string, unknown>>
}

export interface Deployed {
  readonly functions: readonly (FunctionDefinition & { readonly arn: string })[]
  readonly routes: readonly RouteDefinition[]
  readonly schedules: readonly {
    readonly logicalId: string
    readonly expression: string
    readonly function: string
    readonly input: unknown
  }[]
  readonly outputs: Readonly<Record<string, string>>
  readonly record: {
    readonly resources: readonly RecordedResource[]
    /** Changes that CloudFormation makes only by a new resource. */
    readonly replaced: readonly string[]
  }
}

export function resourceOf({ record }: Deployed, type: string, prefix = ''): RecordedResource {
  const found = record.resources.find((one) => one.type === type && one.logicalId.startsWith(prefix))
  if (found === undefined) throw new Error(`The account has no ${type} "${prefix}"`)
  return found
}

/** "7 AWS::IAM::Role, 1 AWS::KMS::Key", the most frequent first. */
export function countTypes({ record }: Deployed): string {
  const counts = new Map<string, number>()
  for (const { type, stack } of record.resources) {
    if (stack !== 'CDKToolkit') counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  const sorted = [...counts].toSorted(([, one], [, other]) => other - one)
  return sorted.map(([type, count]) => `${count} ${type.replace('AWS::', '')}`).join(', ')
}
