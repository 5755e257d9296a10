// Leads the requests of a run's processes to its AWS and its ClickFunnels.
import { type AwsAnswer, connectAws, isWrite } from './aws.ts'
import type { Chance } from './chance.ts'
import { exchangeOn } from './provider/line.ts'
import { streamedBy } from './publishing.ts'
import { connectNetwork } from './socket.ts'
import type { Stage } from './stage.ts'

export function connectWires(stage: Stage, latency: Chance): void {
  const { timeline, weather, world, provider, observer } = stage
  const slowest = latency.pick([5, 5, 40])
  const far = latency.pick([60, 60, 400])
  const milliseconds = () => 10 + latency.below(far)
  connectAws({
    timeline,
    weather,
    aws: (target, input): AwsAnswer => {
      const answer = world.call(target, input, stage.wall())
      if (answer.status === 200) for (const partition of streamedBy(input)) stage.onStreamed(partition)
      return answer
    },
    milliseconds: () => 1 + latency.below(slowest),
    onFault: (line, target, fault, process) => observer.noteFault(line, fault, target, process),
    onCall: (_, target, { status }, process) => {
      const operation = target.slice(target.indexOf('.') + 1)
      if (isWrite(target)) stage.noteChange()
      observer.note(`${process?.name} ${operation}${status === 200 ? '' : ` ${status}`}`)
    },
  })
  const ports = {
    provider,
    weather,
    milliseconds,
    onRequest: observer.noteRequest.bind(observer),
    onFault: observer.noteFault.bind(observer),
    onRead: observer.noteRead.bind(observer),
    onRefused: observer.noteRefused.bind(observer),
  }
  connectNetwork({
    timeline,
    milliseconds,
    connectFault: () => weather.fault('api', ['unreachable']),
    exchange: (request, process) => exchangeOn(ports, request, process, () => timeline.now),
  })
}
