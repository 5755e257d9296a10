// The service once more, in a process of its own on the emulators of another one, as Lambda runs a function in many places
// at once. Forked with the stack's options as its argument, it sends its URL when it is ready and ends with its parent.
import { startStack } from '../../infra/local/stack.ts'

const stack = await startStack(JSON.parse(process.argv[2] ?? '{}'))
// A first invocation loads the function: afterwards all processes begin at once.
await fetch(`${stack.url}/v1/connections/none/funnels`)
process.once('disconnect', () => void stack.close().then(() => process.exit()))
process.send?.(stack.url)
