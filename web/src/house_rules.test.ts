import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const features = ['samples', 'analyses', 'reports', 'instruments', 'verifications', 'documents', 'trace', 'portal', 'users', 'jobs']
const root = import.meta.dirname
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.gen.d.ts') && file !== 'house_rules.test.ts')
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
const product = files.filter(({ file }) => !file.endsWith('.test.ts'))

/** The code without its comments. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '')
}

function offenders(pattern: RegExp, within = product): string[] {
  return within.filter(({ text }) => pattern.test(code(text))).map(({ file }) => file)
}

describe('the rules of this house', () => {
  it('sees the files', () => expect(product.length).toBeGreaterThan(40))

  it('files stay under 400 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length >= 400).map(({ file }) => file)).toEqual([])
  })

  it('no any, no suppressed check', () => {
    expect(offenders(/[:<|,]\s*any\b|\bas any\b/, files)).toEqual([])
    expect(files.filter(({ text }) => /@ts-(ignore|nocheck)|eslint-disable/.test(text)).map(({ file }) => file)).toEqual([])
  })

  it('sentences stand in the dictionaries, not in the code', () => {
    // The switch names each language in itself; the normaliser and the readings name what may be typed.
    const known = ['i18n/LanguageSwitch.tsx', 'shared/grid/normalise.ts', 'verifications/readings.ts']
    expect(offenders(/[\u3001-\u9fff]/).filter((file) => !known.includes(file))).toEqual([])
  })

  it('no address of another origin', () => expect(offenders(/['"`](https?:)?\/\/[a-z]/)).toEqual([]))

  // The portal is a way in: it shows a business the views of other features.
  it('a feature imports no other feature, save the portal', () => {
    const crossings = product.flatMap(({ file, text }) => {
      const own = file.split('/')[0] ?? ''
      if (own === 'portal') return []
      if (!features.includes(own) && own !== 'shared' && own !== 'api' && own !== 'i18n') return []
      return imports(file, text).filter((target) => {
        const other = target.split('/')[0] ?? ''
        return features.includes(other) && other !== own
      })
    })
    expect(crossings).toEqual([])
  })

  it('packages have exact versions and the lock file names no place to download from', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, '../package.json'), 'utf8'))
    const versions = Object.entries({ ...dependencies, ...devDependencies })
    expect(versions.length).toBeGreaterThan(10)
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([])
    expect(readFileSync(join(root, '../package-lock.json'), 'utf8')).not.toContain('"resolved"')
  })

  it('only src/api speaks to the server', () => {
    expect(offenders(/\bfetch\(|XMLHttpRequest|sendBeacon|WebSocket/).filter((file) => !file.startsWith('api/'))).toEqual([])
  })
})

function imports(file: string, text: string): string[] {
  return [...text.matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)].map(([, fixed, lazy]) => posix.join(dirname(file), fixed ?? lazy ?? ''))
}
