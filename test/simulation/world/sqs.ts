// SQS in memory: standard queues with delay, visibility and dead letters. Messages come in any order and, if told so, twice.
import { hash } from 'node:crypto'
import { AwsError, onlyKnown } from './aws-error.ts'
import type { Random } from './random.ts'

export interface QueueShape {
  readonly name: string
  readonly url: string
  readonly visibilityMilliseconds: number
  readonly retentionMilliseconds: number
  /** After so many receipts the next one moves a message to the other queue. */
  readonly redrive?: { readonly to: string; readonly maxReceiveCount: number }
}

export interface Message {
  readonly id: string
  readonly body: string
  /** In milliseconds since the epoch, as all times here. */
  readonly sentAt: number
  readonly visibleAt: number
  readonly receives: number
  /** Of the last receipt. */
  readonly receipt?: string
}

interface Input {
  readonly QueueUrl: string
  readonly MessageBody?: string
  readonly DelaySeconds?: number
  readonly MaxNumberOfMessages?: number
  readonly VisibilityTimeout?: number
  readonly ReceiptHandle?: string
}

const MAX_BODY_BYTES = 1024 * 1024
const MAX_DELAY_SECONDS = 900
const MAX_VISIBILITY_SECONDS = 43_200
const MAX_MESSAGES = 10
const MEMBERS: Readonly<Record<string, ReadonlySet<string>>> = {
  SendMessage: new Set(['QueueUrl', 'MessageBody', 'DelaySeconds']),
  ReceiveMessage: new Set([
    'QueueUrl',
    'MaxNumberOfMessages',
    'VisibilityTimeout',
    'WaitTimeSeconds',
    'MessageSystemAttributeNames',
  ]),
  DeleteMessage: new Set(['QueueUrl', 'ReceiptHandle']),
  ChangeMessageVisibility: new Set(['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout']),
}

export class Queue {
  readonly shape: QueueShape
  messages: Message[] = []

  constructor(shape: QueueShape) {
    this.shape = shape
  }
}

export class Sqs {
  readonly queues: ReadonlyMap<string, Queue>
  /** How likely a receipt does not hide its message from others, and a deletion does not last; 0 to 1. */
  duplicateChance = 0
  readonly #random: Random

  constructor(shapes: readonly QueueShape[], random: Random) {
    this.queues = new Map(shapes.map((shape) => [shape.name, new Queue(shape)]))
    this.#random = random
  }

  clone(random: Random): Sqs {
    const copy = new Sqs(
      [...this.queues.values()].map(({ shape }) => shape),
      random,
    )
    copy.duplicateChance = this.duplicateChance
    for (const [name, queue] of copy.queues) queue.messages = [...(this.queues.get(name)?.messages ?? [])]
    return copy
  }

  /**
   * A receipt never waits: a long poll is for the caller to imitate.
   * @param now in milliseconds since the epoch
   * @throws AwsError
   */
  call(operation: string, request: object, now: number): object {
    const known = MEMBERS[operation]
    if (known === undefined) throw new Error(`The simulated SQS has no ${operation}`)
    onlyKnown(operation, request, known)
    const input = request as Input
    const queue = [...this.queues.values()].find(({ shape }) => shape.url === input.QueueUrl)
    if (queue === undefined) {
      throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.')
    }
    queue.messages = queue.messages.filter(({ sentAt }) => sentAt + queue.shape.retentionMilliseconds > now)
    if (operation === 'SendMessage') return this.#send(queue, input, now)
    if (operation === 'ReceiveMessage') return this.#receive(queue, input, now)
    return this.#change(queue, input, operation === 'DeleteMessage' ? undefined : visibility(input), now)
  }

  #send(queue: Queue, { MessageBody: body = '', DelaySeconds: delay = 0 }: Input, now: number): object {
    if (body === '')
      throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.')
    if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
      throw invalid('One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.')
    }
    if (delay < 0 || delay > MAX_DELAY_SECONDS) throw invalid('DelaySeconds must be between 0 and 900.')
    const message = { id: this.#id(), body, sentAt: now, visibleAt: now + delay * 1000, receives: 0 }
    queue.messages.push(message)
    return { MessageId: message.id, MD5OfMessageBody: hash('md5', body) }
  }

  #receive(queue: Queue, input: Input, now: number): object {
    const { MaxNumberOfMessages: max = 1, VisibilityTimeout } = input
    if (max < 1 || max > MAX_MESSAGES) throw invalid('MaxNumberOfMessages must be between 1 and 10.')
    const hidden = VisibilityTimeout === undefined ? queue.shape.visibilityMilliseconds : visibility(input)
    const waiting = queue.messages.filter(({ visibleAt }) => visibleAt <= now)
    const received: Message[] = []
    while (received.length < max && waiting.length > 0) {
      const [message] = waiting.splice(this.#random.below(waiting.length), 1) as [Message]
      if (message.receives >= (queue.shape.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY)) {
        this.#moveToDeadLetters(queue, message, now)
        continue
      }
      const shown = this.#random.next() < this.duplicateChance
      const taken = {
        ...message,
        receives: message.receives + 1,
        receipt: this.#id(),
        visibleAt: shown ? now : now + hidden,
      }
      replace(queue, message, taken)
      received.push(taken)
    }
    if (received.length === 0) return {}
    return {
      Messages: received.map(({ id, body, receipt, receives, sentAt }) => ({
        MessageId: id,
        ReceiptHandle: receipt,
        Body: body,
        MD5OfBody: hash('md5', body),
        Attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: String(sentAt) },
      })),
    }
  }

  /** An older receipt is accepted and changes nothing. */
  #change({ messages }: Queue, { ReceiptHandle: receipt }: Input, hidden: number | undefined, now: number) {
    if (receipt === undefined || !RECEIPT.test(receipt)) {
      throw new AwsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.')
    }
    const message = messages.find((one) => one.receipt === receipt)
    if (hidden === undefined) {
      if (message && this.#random.next() >= this.duplicateChance)
        messages.splice(messages.indexOf(message), 1)
      return {}
    }
    if (message === undefined || message.visibleAt <= now) {
      throw new AwsError('MessageNotInflight', 'The specified message is not in flight.')
    }
    messages[messages.indexOf(message)] = { ...message, visibleAt: now + hidden }
    return {}
  }

  #moveToDeadLetters(queue: Queue, message: Message, now: number): void {
    const dead = this.queues.get(queue.shape.redrive?.to ?? '')
    if (dead === undefined) throw new Error(`The simulated SQS has no queue "${queue.shape.redrive?.to}"`)
    queue.messages = queue.messages.filter((one) => one !== message)
    const { receipt: _, ...rest } = message
    dead.messages.push({ ...rest, receives: 0, visibleAt: now })
  }

  #id(): string {
    return this.#random.bytes(16).toString('hex')
  }
}

const RECEIPT = /^[0-9a-f]{32}$/

function replace(queue: Queue, message: Message, by: Message): void {
  queue.messages[queue.messages.indexOf(message)] = by
}

function visibility({ VisibilityTimeout: seconds = -1 }: Input): number {
  if (seconds >= 0 && seconds <= MAX_VISIBILITY_SECONDS) return seconds * 1000
  throw invalid('VisibilityTimeout must be between 0 and 43200.')
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message)
}
