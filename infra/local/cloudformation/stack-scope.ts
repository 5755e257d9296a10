// Gives references inside a synthesized stack their values on this machine: physical names that are the same in every run,
// the API's endpoint on loopback, values that the other stack exports.
import { createHash } from 'node:crypto'
import { keyArn, LOCAL_ACCOUNT, LOCAL_REGION } from '../kms/keys.ts'
import { resolveText, type Scope, type Template } from './intrinsics.ts'

/** Values that the template does not contain. */
export interface Surroundings {
  /** The API's endpoint, "http://127.0.0.1:4600". */
  readonly publicUrl: string
  /** As for `cdk deploy --parameters`. The others have their defaults. */
  readonly parameters: Readonly<Record<string, string>>
  /** Where SQS listens. */
  readonly sqsUrl?: string
  /** With another KMS endpoint: the key that takes the place of every key of the template. */
  readonly externalKeyArn?: string | undefined
}

export class StackScope implements Scope {
  readonly name: string
  readonly template: Template
  readonly #stacks: ReadonlyMap<string, Template>
  readonly #surroundings: Surroundings

  constructor(name: string, stacks: ReadonlyMap<string, Template>, surroundings: Surroundings) {
    const template = stacks.get(name)
    if (!template) throw new Error(`There is no stack "${name}"`)
    this.name = name
    this.template = template
    this.#stacks = stacks
    this.#surroundings = surroundings
  }

  ref(name: string): unknown {
    const pseudo = this.#pseudoParameter(name)
    if (pseudo !== undefined) return pseudo
    const parameter = this.template.Parameters?.[name]
    if (parameter) return this.#surroundings.parameters[name] ?? parameter.Default
    const resource = this.template.Resources[name]
    if (!resource) return undefined
    if (resource.Type === 'AWS::KMS::Key') return stableUuid(`${this.name}/${name}`)
    if (resource.Type === 'AWS::SQS::Queue') return this.queueUrl(`${this.name}-${name}`)
    // In AWS, an integration has an id of its own. Here, the id has to lead back to the template.
    if (resource.Type === 'AWS::ApiGatewayV2::Integration') return name
    if (!/^AWS::DynamoDB::/.test(resource.Type)) return name
    const given = resource.Properties?.TableName
    return given === undefined ? `${this.name}-${name}` : resolveText(given, this, `${name}.TableName`)
  }

  attribute(logicalId: string, name: string): unknown {
    const type = this.template.Resources[logicalId]?.Type
    const arn = (service: string, rest: string) =>
      `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${rest}`
    switch (`${type}.${name}`) {
      case 'AWS::ApiGatewayV2::Api.ApiEndpoint':
        return this.#surroundings.publicUrl
      case 'AWS::KMS::Key.Arn':
        return this.#surroundings.externalKeyArn ?? keyArn(String(this.ref(logicalId)))
      case 'AWS::KMS::Key.KeyId':
        return this.ref(logicalId)
      case 'AWS::DynamoDB::Table.Arn':
      case 'AWS::DynamoDB::GlobalTable.Arn':
        return arn('dynamodb', `table/${this.ref(logicalId)}`)
      case 'AWS::DynamoDB::Table.StreamArn':
      case 'AWS::DynamoDB::GlobalTable.StreamArn':
        return arn('dynamodb', `table/${this.ref(logicalId)}/stream/local`)
      case 'AWS::SQS::Queue.Arn':
        return arn('sqs', `${this.name}-${logicalId}`)
      case 'AWS::Lambda::Function.Arn':
        return arn('lambda', `function:${logicalId}`)
      case 'AWS::IAM::Role.Arn':
        return `arn:aws:iam::${LOCAL_ACCOUNT}:role/${logicalId}`
      default:
        return undefined
    }
  }

  /** The URL of the queue with this name. */
  queueUrl(name: string): string {
    return `${this.#surroundings.sqsUrl ?? ''}/${LOCAL_ACCOUNT}/${name}`
  }

  importValue(name: string): unknown {
    for (const [stack, { Outputs = {} }] of this.#stacks) {
      const scope = stack === this.name ? this : new StackScope(stack, this.#stacks, this.#surroundings)
      for (const [id, { Value, Export }] of Object.entries(Outputs)) {
        if (Export && resolveText(Export.Name, scope, `${id}.Export`) === name) {
          return resolveText(Value, scope, `${stack}.Outputs.${id}`)
        }
      }
    }
    return undefined
  }

  /** The logical id of the function that an ARN, or an invocation URI with an ARN, points to. */
  functionIn(uri: string, referrer: string): string {
    const logicalId = /:function:(\w+)/.exec(uri)?.[1] ?? ''
    if (this.template.Resources[logicalId]?.Type === 'AWS::Lambda::Function') return logicalId
    throw new Error(`"${referrer}" points to "${uri}", which is no function of the stack "${this.name}"`)
  }

  #pseudoParameter(name: string): string | undefined {
    const values: Readonly<Record<string, string>> = {
      'AWS::Region': LOCAL_REGION,
      'AWS::AccountId': LOCAL_ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.name,
      'AWS::StackId': `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${this.name}/local`,
    }
    return values[name]
  }
}

/** A UUID from the key's place in the template, so that the key has the same id in every run. */
function stableUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}
