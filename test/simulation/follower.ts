// A product that follows its tenant's event log by the cursor, while events are published and after.
import type { Stage } from './stage.ts'
import type { Account } from './template.ts'

const POLLS = 6
const PAGE = 3

export interface Followed {
  readonly id: string
  readonly data: {
    readonly connection_id?: string
    readonly connect_session_id?: string
    readonly app_id?: string
    readonly sequence: number
  }
}

export class Follower {
  readonly seen: Followed[] = []
  readonly #stage: Stage
  readonly #apiKey: string
  #cursor = ''

  constructor(stage: Stage, { apiKey }: Account) {
    this.#stage = stage
    this.#apiKey = apiKey
  }

  /** Reads a few times, at moments that the seed decides. @param milliseconds how long the trouble lasts */
  async follow(milliseconds: number): Promise<void> {
    const { chance, timeline } = this.#stage
    for (let poll = 0; poll < POLLS; poll++) {
      await timeline.sleep(chance.below((2 * milliseconds) / POLLS))
      await this.#readPage()
    }
  }

  /** Reads to the end. */
  async catchUp(): Promise<void> {
    while ((await this.#readPage()) > 0);
  }

  /** @returns how many events it got */
  async #readPage(): Promise<number> {
    const answer = await this.#stage.client.call({
      routeKey: 'GET /v1/events',
      path: '/v1/events',
      query: `limit=${PAGE}${this.#cursor && `&after=${this.#cursor}`}`,
      headers: { authorization: `Bearer ${this.#apiKey}` },
    })
    if (answer?.status !== 200) return 0
    this.seen.push(...answer.json.data)
    this.#cursor = answer.json.next_cursor
    return answer.json.data.length
  }
}
