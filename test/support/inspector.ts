// A debugger: Chrome's protocol over a WebSocket, as editors speak it with a Node process.

type Fields = Readonly<Record<string, unknown>>

export interface Inspector {
  /** Calls a method of the protocol and gives its result. */
  // biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
  call(method: string, params?: Fields): Promise<any>
  /** Waits for an event that comes after this call and gives its parameters. */
  // biome-ignore lint/suspicious/noExplicitAny: tests say by their assertions what they expect
  event(method: string): Promise<any>
}

export async function connectInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error(`No debugger at ${url}`)), { once: true })
  })
  /** By the number of the call or the name of the event. */
  const waiting = new Map<number | string, (fields: Fields) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, method, ...rest } = JSON.parse(String(data))
    const key = id ?? method
    waiting.get(key)?.(id === undefined ? rest.params : rest)
    waiting.delete(key)
  })
  let calls = 0
  return {
    call: async (method, params = {}) => {
      const id = ++calls
      const answer = new Promise<Fields>((resolve) => waiting.set(id, resolve))
      socket.send(JSON.stringify({ id, method, params }))
      const { result, error } = await answer
      if (error) throw new Error(`${method}: ${JSON.stringify(error)}`)
      return result
    },
    event: (method) => new Promise((resolve) => waiting.set(method, resolve)),
  }
}
