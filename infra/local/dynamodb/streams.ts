// Calls of the DynamoDB Streams API of an emulator, which does not check signatures but requires one. The AWS SDK has a package
// of its own for this API; three calls need none.
import { LOCAL_REGION } from '../kms/keys.ts'

export interface StreamRecord {
  readonly eventID: string
  readonly eventName: string
  readonly dynamodb: { readonly SequenceNumber: string }
}

type Answer = Readonly<Record<string, unknown>>

export class TableStream {
  readonly #endpoint: string
  readonly #tableName: string
  readonly #read = new Set<string>()
  #iterator: string | undefined
  #shard: string | undefined

  constructor(endpoint: string, tableName: string) {
    this.#endpoint = endpoint
    this.#tableName = tableName
  }

  /** The next records, oldest first, from the oldest that is there. Empty if there is none now. */
  async next(limit: number): Promise<readonly StreamRecord[]> {
    this.#iterator ??= await this.#nextShard()
    if (this.#iterator === undefined) return []
    const answer = await this.#call('GetRecords', { ShardIterator: this.#iterator, Limit: limit })
    this.#iterator = answer.NextShardIterator as string | undefined
    // A shard without a next iterator has been read to its end.
    if (this.#iterator === undefined && this.#shard !== undefined) this.#read.add(this.#shard)
    return answer.Records as readonly StreamRecord[]
  }

  /** Begins with the oldest record again, after an iterator has expired. The function knows what it has processed. */
  restart(): void {
    this.#iterator = undefined
    this.#read.clear()
  }

  async #nextShard(): Promise<string | undefined> {
    const { Streams } = await this.#call('ListStreams', { TableName: this.#tableName })
    const StreamArn = (Streams as readonly { readonly StreamArn: string }[]).at(-1)?.StreamArn
    if (StreamArn === undefined) return undefined
    const { StreamDescription } = await this.#call('DescribeStream', { StreamArn })
    const { Shards } = StreamDescription as { readonly Shards: readonly { readonly ShardId: string }[] }
    this.#shard = Shards.find(({ ShardId }) => !this.#read.has(ShardId))?.ShardId
    if (this.#shard === undefined) return undefined
    const wanted = { StreamArn, ShardId: this.#shard, ShardIteratorType: 'TRIM_HORIZON' }
    return (await this.#call('GetShardIterator', wanted)).ShardIterator as string
  }

  async #call(operation: string, input: object): Promise<Answer> {
    const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
    const scope = `${date.slice(0, 8)}/${LOCAL_REGION}/dynamodb/aws4_request`
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        'x-amz-date': date,
        authorization: `AWS4-HMAC-SHA256 Credential=local/${scope}, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    })
    const answer = (await response.json()) as Answer
    if (!response.ok) throw new Error(`${operation}: ${answer.message ?? answer.Message ?? response.status}`)
    return answer
  }
}
