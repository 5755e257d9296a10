// npm run game-day: brings about the condition of each alarm on the local stack, reads the functions' real log lines with the
// template's metric filters, and prints which alarms would rise. With everything well, none may.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'
import { type AlarmState, alarmStates } from '../../infra/local/cloudwatch/alarms.ts'
import { Metrics, type Resources } from '../../infra/local/cloudwatch/metrics.ts'
import { NOT_HERE, SCENES } from './scenes.ts'
import { openStage, PARAMETERS, STACK_NAME, type Stage } from './stage.ts'

const templates = inject('templates') ?? ''
const template = JSON.parse(readFileSync(join(templates, `${STACK_NAME}.template.json`), 'utf8'))
const resources: Resources = template.Resources
const known = new Map(
  alarmStates(STACK_NAME, resources, new Metrics(resources), PARAMETERS).map((alarm) => [alarm.name, alarm]),
)

const report: string[] = []
let falseAlarms = 0
afterAll(() => process.stdout.write(`${['', ...report, ...summary(), ''].join('\n')}\n`))

test.each(SCENES)('$title', async (scene) => {
  const stage: Stage = await openStage(templates, resources)
  let states: AlarmState[]
  try {
    // Without it, the schedules would count as stopped. The scene of a shard that does not run leaves it out.
    if (!scene.rising.includes('keep-alive-stopped')) await stage.minute()
    await scene.act(stage)
    states = await stage.alarms()
  } finally {
    await stage.close()
  }
  const scheduled = ({ name }: AlarmState) =>
    name !== 'schedules-stopped' || !scene.rising.includes('keep-alive-stopped')
  const risen = states.filter((alarm) => alarm.risen && scheduled(alarm))
  const unexpected = risen.filter(({ name }) => !scene.rising.includes(name))
  falseAlarms += unexpected.length
  report.push(scene.title)
  for (const name of scene.rising) {
    const state = risen.find((alarm) => alarm.name === name)
    report.push(state === undefined ? `  MISSED  ${lineOf(known.get(name))}` : `  rises   ${lineOf(state)}`)
  }
  for (const state of unexpected) report.push(`  FALSE   ${lineOf(state)}`)
  if (risen.length === 0) report.push('  none rises')
  expect(risen.map(({ name }) => name).sort()).toEqual([...scene.rising].sort())
})

test('each alarm has a scene, or a reason why one machine cannot raise it', () => {
  const shown = new Set([...SCENES.flatMap(({ rising }) => rising), ...Object.keys(NOT_HERE)])
  expect([...shown].sort()).toEqual([...known.keys()].sort())
})

function lineOf(state: AlarmState | undefined): string {
  if (state === undefined) return 'an alarm that does not exist'
  return `${(state.severity ?? '').padEnd(6)}  ${state.name}, if it lasts: ${state.lasts}`
}

function summary(): string[] {
  const raised = new Set(SCENES.flatMap(({ rising }) => rising))
  return [
    '',
    'Not brought about here:',
    ...Object.entries(NOT_HERE).map(
      ([name, why]) => `  ${(known.get(name)?.severity ?? '').padEnd(6)}  ${name}: ${why}`,
    ),
    '',
    `${known.size} alarms: ${raised.size} with a scene, ${Object.keys(NOT_HERE).length} without. False alarms: ${falseAlarms}.`,
  ]
}
