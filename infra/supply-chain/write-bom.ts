// Writes the bill of materials to sbom.cdx.json, and stops when it differs from the lockfile.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { billOfMaterials, differencesFromLockfile } from './bom.ts'
import { PROJECT } from './lockfile.ts'

const bill = billOfMaterials()
const differences = differencesFromLockfile(bill)
if (differences.length > 0) throw new Error(differences.join('\n'))
writeFileSync(join(PROJECT, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`)
process.stdout.write(`sbom.cdx.json: ${bill.components.length} packages, each as in the lockfile\n`)
