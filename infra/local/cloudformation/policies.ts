// Reads what the policies of a role say about the services that the local stack emulates.
import type { Statement } from '../iam/evaluate.ts'
import { LOCAL_REGION } from '../kms/keys.ts'
import { resolve } from './intrinsics.ts'
import type { StackScope } from './stack-scope.ts'

const EMULATED = /^(dynamodb|kms|sqs):/

/** @param roleArn as the template's references give it */
export function readStatements(scope: StackScope, roleArn: string): readonly Statement[] {
  return Object.entries(scope.template.Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type !== 'AWS::IAM::Policy') return []
    const { Roles, PolicyDocument } = Properties as {
      readonly Roles: readonly unknown[]
      readonly PolicyDocument: { readonly Statement: readonly Statement[] }
    }
    const roles = resolve(Roles, scope, `${id}.Roles`) as readonly string[]
    if (!roles.some((role) => roleArn.endsWith(`:role/${role}`))) return []
    return PolicyDocument.Statement.filter(({ Action }) =>
      [Action].flat().some((one) => EMULATED.test(one)),
    ).map((statement) => inLocalRegion(resolve(statement, scope, `${id}.PolicyDocument`) as Statement))
  })
}

/** The template names the region that it is synthesized for; the emulators are in their own. */
function inLocalRegion({ Resource, Condition, ...rest }: Statement): Statement {
  const local = (arn: string) => arn.replace(/^(arn:[^:]+:[^:]+:)[^:]+/, `$1${LOCAL_REGION}`)
  const conditions = JSON.stringify(Condition)?.replaceAll(
    /"dynamodb\.[\w-]+\.amazonaws\.com"/g,
    `"dynamodb.${LOCAL_REGION}.amazonaws.com"`,
  )
  return {
    ...rest,
    Resource: [Resource].flat().map(local),
    ...(conditions !== undefined && { Condition: JSON.parse(conditions) }),
  }
}
