// The AWS behind the simulation: DynamoDB, SQS and KMS in memory. A call is a synchronous function of the state, the input, the
// time and the seed. Faults of the way there and back belong to the caller.
import { AwsError } from './aws-error.ts'
import { DynamoDb } from './dynamodb/service.ts'
import type { TableShape } from './dynamodb/table.ts'
import { Kms } from './kms.ts'
import { Random } from './random.ts'
import { type QueueShape, Sqs } from './sqs.ts'

export interface WorldShape {
  readonly tables: readonly TableShape[]
  readonly queues: readonly QueueShape[]
  /** ARNs. */
  readonly keys: readonly string[]
}

export interface Answer {
  readonly status: number
  /** Becomes JSON. Parts of it are parts of the state, so it must not be changed. */
  readonly body: object
}

const ERROR_NAMESPACES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'com.amazonaws.dynamodb.v20120810#',
  AmazonSQS: 'com.amazonaws.sqs#',
  TrentService: '',
}

export class World {
  readonly dynamodb: DynamoDb
  readonly sqs: Sqs
  readonly kms: Kms
  readonly #random: Random

  constructor(shape: WorldShape, seed: number, from?: World) {
    this.#random = from ? from.#random.clone() : new Random(seed)
    this.dynamodb = from?.dynamodb.clone(this.#random) ?? new DynamoDb(shape.tables, this.#random)
    this.sqs = from?.sqs.clone(this.#random) ?? new Sqs(shape.queues, this.#random)
    this.kms = from?.kms.clone(this.#random) ?? new Kms(shape.keys, this.#random)
  }

  /** A copy with the same future: the same calls get the same answers. */
  clone(): World {
    return new World({ tables: [], queues: [], keys: [] }, 0, this)
  }

  /**
   * @param target the header "x-amz-target", such as "DynamoDB_20120810.GetItem"
   * @param input the body as parsed JSON; it must not be changed afterwards
   * @param now in milliseconds since the epoch
   * @throws Error for what is not imitated, such as an unknown operation or member
   */
  call(target: string, input: object, now: number): Answer {
    const [service = '', operation = ''] = target.split('.')
    try {
      return { status: 200, body: this.#dispatch(service, operation, input, now) }
    } catch (error) {
      if (!(error instanceof AwsError)) throw error
      const namespace =
        error.type === 'ValidationException' ? 'com.amazon.coral.validate#' : ERROR_NAMESPACES[service]
      const { type, message, members, status } = error
      return { status, body: { __type: `${namespace}${type}`, message, ...members } }
    }
  }

  #dispatch(service: string, operation: string, input: object, now: number): object {
    switch (service) {
      case 'DynamoDB_20120810':
        return this.dynamodb.call(operation, input, now)
      case 'AmazonSQS':
        return this.sqs.call(operation, input, now)
      case 'TrentService':
        return this.kms.call(operation, input)
      default:
        throw new Error(`The simulated AWS has no service "${service}"`)
    }
  }
}
