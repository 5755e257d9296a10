// Limits a process to the CPU that Lambda gives a function of 256 MB (256/1769 of a core), by a control group of version 1
// or 2.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SHARE = 256 / 1769
const PERIOD_MICROSECONDS = 20_000

export interface Quota {
  /** Limits the process from now on. */
  put(pid: number): void
  /** Call it when every process in the group has ended. */
  close(): void
}

/** Returns `undefined` where no control group can be made. */
export function cpuQuota(): Quota | undefined {
  const quota = Math.round(PERIOD_MICROSECONDS * SHARE)
  const first = '/sys/fs/cgroup/cpu'
  const isFirst = existsSync(join(first, 'cpu.cfs_quota_us'))
  const group = join(isFirst ? first : '/sys/fs/cgroup', `start-up-${process.pid}`)
  try {
    mkdirSync(group)
    if (isFirst) {
      writeFileSync(join(group, 'cpu.cfs_period_us'), `${PERIOD_MICROSECONDS}`)
      writeFileSync(join(group, 'cpu.cfs_quota_us'), `${quota}`)
    } else writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD_MICROSECONDS}`)
  } catch {
    if (existsSync(group)) rmdirSync(group)
    return undefined
  }
  return {
    put: (pid) => writeFileSync(join(group, 'cgroup.procs'), String(pid)),
    close: () => rmdirSync(group),
  }
}
