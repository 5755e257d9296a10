// Where the embedded DynamoDB differs from AWS, and the world in memory follows AWS.
import type { Answer } from '../world.ts'
import type { Request } from './requests.ts'

/** The emulator lets a transaction change an item's own key. AWS refuses that, so such requests are not compared. */
const CHANGES_OWN_KEY = /Cannot update attribute/

/**
 * What AWS refuses before it looks at any item. The emulator looks first, so a condition that does not hold comes before such a
 * refusal, and in a transaction it becomes the reason of one write.
 */
const LATER =
  /Invalid \w+Expression|Invalid expression|unused in expressions|Cannot update attribute|empty string value/

export function isCarriedOutByEmulator({ operation }: Request, answer: Answer): boolean {
  return operation === 'TransactWriteItems' && CHANGES_OWN_KEY.test(JSON.stringify(answer.body))
}

export function isRefusedLaterByEmulator(answer: Answer): boolean {
  return answer.status === 400 && LATER.test(JSON.stringify(answer.body))
}
