// The ClickFunnels simulator in a process of its own.
import { startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'
import { tellCpu } from '../child.ts'

const simulator = await startClickFunnels({ port: 0 })
tellCpu(JSON.stringify(simulator), simulator.close)
