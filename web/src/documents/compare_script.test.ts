import { createHash, generateKeyPairSync, sign, webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInThisContext } from 'node:vm'
import { afterEach, describe, expect, it, vi } from 'vitest'

interface Proof {
  event: string
  proof: string
  origin: string
  key: string
  index: number
}
interface Answer {
  number: string
  file_hash: string
  issued?: Proof
  finished?: Proof
}
interface Step {
  name: string
  state: string
  reason?: string
}
interface Script {
  verify: (given: { answer: unknown; number: string; key: string; fileHash: () => Promise<string> }) => Promise<Step[]>
  told: (status: unknown) => Promise<Step>
  overall: (steps: Step[], status: unknown) => string
  rootFrom: (index: number, size: number, leaf: Uint8Array, hashes: Uint8Array[]) => Promise<Uint8Array>
  hashOfFile: (file: Pick<File, 'size' | 'arrayBuffer'>) => Promise<string>
  factsOf: (answer: unknown, key: string) => Record<string, string>
}

const api = join(import.meta.dirname, '../../../api')
runInThisContext(readFileSync(join(api, 'static/compare.js'), 'utf8'))
const { verify, told, overall, rootFrom, hashOfFile, factsOf } = globalThis as unknown as Script

/** What a real bureau answered of two of its documents. */
const vectors: { proofs: Required<Answer>; other: Required<Answer> } = JSON.parse(readFileSync(join(api, 'testdata/proof.json'), 'utf8'))

const names = ['file', 'finished', 'issued', 'together', 'signature']

interface Given {
  answer: unknown
  number: string
  key: string
  hash: string
}

/** Verifies the document of the vectors, changed by hand; the answer is every step that does not hold, and why. */
async function refused(change: (given: Given, answer: Required<Answer>) => void): Promise<Record<string, string>> {
  const answer = structuredClone(vectors.proofs)
  const given: Given = { answer, number: answer.number, key: '', hash: answer.file_hash }
  change(given, answer)
  const steps = await verify({ ...given, fileHash: () => Promise.resolve(given.hash) })
  expect(steps.map(({ name }) => name)).toEqual(names)
  return Object.fromEntries(steps.filter(({ state }) => state !== 'ok').map(({ name, state, reason }) => [name, `${state} ${reason}`]))
}

/** Replaces a part of a text that must be there. */
function swap(text: string, part: string | RegExp, by: string): string {
  const changed = text.replace(part, by)
  expect(changed, `${part} in ${text}`).not.toBe(text)
  return changed
}

/** Changes a line of a proof, counted from its end: signature -2, root -4, size -5, origin -6, hashes before -7. */
function line(proof: Proof, at: number, by: (text: string) => string): void {
  const lines = proof.proof.split('\n')
  lines.splice(at, 1, by(lines.at(at) ?? ''))
  proof.proof = lines.join('\n')
}

/** Changes the first digit of a number, or the first letter of base64. */
const first = (text: string) => (text.startsWith('A') || text.startsWith('1') ? '2' : text.startsWith('2') ? '3' : '1') + text.slice(1)

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const sha256 = (...parts: (Uint8Array | string)[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** Signs the checkpoints of an answer with a new key of the same name, as somebody could who has not the log's key. */
function resign(answer: Required<Answer>): string {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const typed = Buffer.concat([Buffer.of(1), publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)])
  for (const proof of [answer.issued, answer.finished]) {
    const id = sha256(`${proof.origin}\n`, typed).subarray(0, 4)
    const text = proof.proof.split('\n').slice(-6, -3).join('\n')
    const signature = Buffer.concat([id, sign(null, Buffer.from(`${text}\n`), privateKey)])
    line(proof, -2, () => `— ${proof.origin} ${base64(signature)}`)
    proof.key = `${proof.origin}+${Buffer.from(id).toString('hex')}+${base64(typed)}`
  }
  return answer.issued.key
}

afterEach(() => vi.unstubAllGlobals())

describe('a document that is as it was issued', () => {
  it('holds in every step', async () => {
    expect(await refused(() => {})).toEqual({})
  })

  it('holds under the key that somebody has from elsewhere', async () => {
    expect(await refused((given, { issued }) => (given.key = issued.key))).toEqual({})
  })

  it('says where and when it was issued, under which key, and who else signed', () => {
    const answer = structuredClone(vectors.proofs)
    expect(factsOf(answer, '')).toEqual({ index: '51', at: '2026-09-18 09:30:00 (UTC+8)', key: answer.issued.key, witnesses: '' })
    line(answer.issued, -2, (own) => `${own}\n— witness.example/1 ${base64(new Uint8Array(76))}`)
    expect(factsOf(answer, 'mine')).toMatchObject({ key: 'mine', witnesses: 'witness.example/1' })
    expect(factsOf(null, '')).toEqual({})
  })

  it('holds with the signatures of witnesses', async () => {
    expect(await refused((_, { issued }) => line(issued, -2, (own) => `${own}\n— witness.example/1 ${base64(new Uint8Array(76))}`))).toEqual({})
  })
})

describe('what is refused, and in which step', () => {
  const nextIndex = (proof: Proof) => (proof.proof = swap(proof.proof, `index ${proof.index}`, `index ${++proof.index}`))
  const cases: Record<string, [change: (given: Given, answer: Required<Answer>) => unknown, refused: Record<string, string>]> = {
    'another file': [(given) => (given.hash = vectors.other.file_hash), { file: 'bad file_differs' }],
    'one byte of the event of the file': [
      (_, { finished }) => (finished.event = swap(finished.event, /"nonce":"./, '"nonce":"x')),
      { finished: 'bad other_root' },
    ],
    'one byte of the event of issue': [
      (_, { issued }) => (issued.event = swap(issued.event, '"conclusion":"pass"', '"conclusion":"pasS"')),
      { issued: 'bad other_root' },
    ],
    'another content in the event of issue': [
      (_, { issued }) => (issued.event = swap(issued.event, /"content":"./, '"content":"0')),
      { issued: 'bad other_root', together: 'bad other_content' },
    ],
    'an event in another order of fields': [
      (_, { issued }) => (issued.event = JSON.stringify({ version: 1, ...(JSON.parse(issued.event) as object) })),
      { issued: 'bad malformed', together: 'bad malformed' },
    ],
    'a hash of the proof': [(_, { issued }) => line(issued, -8, first), { issued: 'bad other_root' }],
    'a hash too few': [(_, { finished }) => (finished.proof = swap(finished.proof, /\n[^\n]+\n\n/, '\n\n')), { finished: 'bad other_root' }],
    'a hash too many': [(_, { finished }) => line(finished, -8, (hash) => `${hash}\n${hash}`), { finished: 'bad other_root' }],
    'another index': [(_, { issued }) => nextIndex(issued), { issued: 'bad other_root', together: 'bad other_issue' }],
    'an index that the proof does not state': [(_, { issued }) => issued.index++, { issued: 'bad other_index' }],
    'an index beyond the log': [
      (_, { finished }) => (finished.proof = swap(finished.proof, /index \d+/, `index ${(finished.index = 1000)}`)),
      { finished: 'bad other_root' },
    ],
    'another root': [(_, { finished }) => line(finished, -4, first), { finished: 'bad other_root', signature: 'bad forged' }],
    'another size': [(_, { finished }) => line(finished, -5, first), { finished: 'bad other_root', signature: 'bad forged' }],
    'another log': [
      (_, { issued }) => line(issued, -6, (origin) => `${origin}0`),
      { issued: 'bad other_log', signature: 'bad other_key' },
    ],
    'a false signature': [
      (_, { issued }) => line(issued, -2, (text) => swap(text, /[^=]{8}=$/, 'AAAAAAAA=')),
      { signature: 'bad forged' },
    ],
    'a second, false signature of the log': [
      (_, { issued }) => line(issued, -2, (text) => `${text}\n${swap(text, /[^=]{8}=$/, 'AAAAAAAA=')}`),
      { signature: 'bad forged' },
    ],
    'no signature of the log': [(_, { issued }) => line(issued, -2, (text) => swap(text, 'lims', 'limz')), { signature: 'bad unsigned' }],
    'an answer with a key that is none': [(_, { issued }) => (issued.key = swap(issued.key, /.$/, '!')), { signature: 'bad no_key' }],
    'the key of another': [(given) => (given.key = resign(structuredClone(vectors.proofs))), { signature: 'bad unsigned' }],
    'a log signed anew, under the key of the true one': [
      (given, answer) => {
        given.key = answer.issued.key
        resign(answer)
      },
      { signature: 'bad unsigned' },
    ],
    'the key of another log': [
      (given) => (given.key = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'),
      { signature: 'bad other_key' },
    ],
    'a key that is none': [(given) => (given.key = 'a key'), { signature: 'unknown no_key' }],
    "another document's file": [
      (given, answer) => {
        answer.finished = vectors.other.finished
        given.hash = vectors.other.file_hash
      },
      { together: 'bad other_document' },
    ],
    'another document altogether': [
      (given, answer) => {
        Object.assign(answer, vectors.other)
        given.hash = vectors.other.file_hash
      },
      { together: 'bad other_number' },
    ],
    'the event of issue in place of the other': [
      (_, answer) => (answer.finished = answer.issued),
      { file: 'bad other_event', finished: 'bad other_event', together: 'bad other_event' },
    ],
    'a proof cut off': [
      (_, { finished }) => (finished.proof = finished.proof.slice(0, -40)),
      { finished: 'bad malformed', signature: 'bad malformed' },
    ],
    'an event cut off': [
      (_, { issued }) => (issued.event = issued.event.slice(0, -1)),
      { issued: 'bad malformed', together: 'bad malformed' },
    ],
    'an event that is not in the log yet': [
      (_, answer) => delete (answer as Answer).finished,
      { file: 'unknown not_yet', finished: 'unknown not_yet', together: 'unknown not_yet', signature: 'unknown not_yet' },
    ],
    'no answer': [(given) => (given.answer = null), Object.fromEntries(names.map((name) => [name, 'unknown unreachable']))],
    'an answer that is no proof': [(given) => (given.answer = 'x'), Object.fromEntries(names.map((name) => [name, 'bad malformed']))],
  }
  for (const [what, [change, steps]] of Object.entries(cases)) {
    it(what, async () => {
      expect(await refused((given, answer) => void change(given, answer))).toEqual(steps)
    })
  }

  const forms: Record<string, (proof: Proof) => unknown> = {
    'another header': (proof) => (proof.proof = swap(proof.proof, '@v1', '@v2')),
    'no index': (proof) => (proof.proof = swap(proof.proof, 'index ', 'place ')),
    'an index with a zero before it': (proof) => (proof.proof = swap(proof.proof, 'index ', 'index 0')),
    'an index beyond 2^53': (proof) => (proof.proof = swap(proof.proof, /index \d+/, 'index 9007199254740993')),
    'a hash of 33 bytes': (proof) => line(proof, -8, () => base64(new Uint8Array(33))),
    'base64 with loose bits': (proof) => line(proof, -8, (hash) => swap(hash, /.=$/, 'B=')),
    'base64 without its padding': (proof) => line(proof, -8, (hash) => swap(hash, '=', '')),
    '64 hashes': (proof) => line(proof, -8, (hash) => Array.from({ length: 64 }, () => hash).join('\n')),
    'more than 64 KiB': (proof) => line(proof, -2, (own) => `${own}\n${Array.from({ length: 700 }, () => own).join('\n')}`),
    'no end of the line': (proof) => (proof.proof = proof.proof.slice(0, -1)),
    'a control character': (proof) => line(proof, -6, (origin) => `${origin}\u0007`),
    'a checkpoint without its root': (proof) => line(proof, -4, () => ''),
    'a signature of four bytes': (proof) => line(proof, -2, (own) => `${own}\n— witness.example/1 ${base64(new Uint8Array(4))}`),
    'a signature without a name': (proof) => line(proof, -2, (own) => `${own}\n— ${base64(new Uint8Array(68))}`),
  }
  for (const [what, change] of Object.entries(forms)) {
    it(`a proof with ${what}`, async () => {
      expect(await refused((_, { finished }) => void change(finished))).toEqual({ finished: 'bad malformed', signature: 'bad malformed' })
    })
  }

  it('a key whose id is not its own, or of the type of a witness', async () => {
    const { key, origin } = vectors.proofs.issued
    const witness = Buffer.concat([Buffer.of(4), Buffer.from(key.split('+').slice(2).join('+'), 'base64').subarray(1)])
    const id = Buffer.from(sha256(`${origin}\n`, witness).subarray(0, 4)).toString('hex')
    for (const other of [swap(key, /\+[0-9a-f]{8}\+/, '+01234567+'), `${origin}+${id}+${base64(witness)}`]) {
      expect(await refused((given) => (given.key = other))).toEqual({ signature: 'unknown no_key' })
    }
  })

  it('every single character of events, proofs and keys', async () => {
    for (const name of ['issued', 'finished'] as const) {
      for (const field of ['event', 'proof', 'key', 'origin'] as const) {
        const text = vectors.proofs[name][field]
        for (let at = 0; at < text.length; at++) {
          const changed = text.slice(0, at) + (text[at] === 'z' ? 'y' : 'z') + text.slice(at + 1)
          const steps = await refused((_, answer) => (answer[name][field] = changed))
          expect(Object.keys(steps), `${name}.${field}: ${changed}`).not.toEqual([])
        }
      }
    }
  }, 60_000)

  it('every part that is missing or of another type', async () => {
    for (const name of ['issued', 'finished'] as const) {
      for (const field of ['event', 'proof', 'key', 'origin', 'index'] as const) {
        for (const value of [undefined, null, '', 'x', 0, true, [], {}]) {
          const steps = await refused((_, answer) => Object.assign(answer[name], { [field]: value }))
          expect(Object.keys(steps), `${name}.${field} ${JSON.stringify(value)}`).not.toEqual([])
        }
      }
    }
  })
})

describe('a browser that lacks something', () => {
  it('says that it cannot verify Ed25519', async () => {
    const subtle = { digest: webcrypto.subtle.digest.bind(webcrypto.subtle), importKey: () => Promise.reject(new Error('NotSupported')) }
    vi.stubGlobal('crypto', { subtle })
    expect(await refused(() => {})).toEqual({ signature: 'unknown no_ed25519' })
  })

  it('says that it cannot hash', async () => {
    vi.stubGlobal('crypto', {})
    expect(await refused(() => {})).toEqual({ finished: 'unknown insecure', issued: 'unknown insecure', signature: 'unknown insecure' })
  })
})

describe('a file', () => {
  it('is hashed whole', async () => {
    expect(await hashOfFile(new Blob(['abc']) as File)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('that cannot be read is not compared', async () => {
    const unreadable = { size: 1, arrayBuffer: () => Promise.reject(new Error('gone')) }
    const large = { size: (50 << 20) + 1, arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)) }
    for (const [file, reason] of [[unreadable, 'unreadable'], [large, 'too_large']] as const) {
      const steps = await verify({ answer: vectors.proofs, number: vectors.proofs.number, key: '', fileHash: () => hashOfFile(file) })
      expect(steps[0]).toEqual({ name: 'file', state: 'unknown', reason })
    }
  })
})

describe('the way from a leaf to the root', () => {
  const node = (left: Uint8Array, right: Uint8Array) => sha256(Uint8Array.of(1), left, right)

  /** RFC 6962 2.1 and 2.1.1, as they stand there. */
  function split(leaves: Uint8Array[]): [Uint8Array[], Uint8Array[]] {
    let k = 1
    while (k * 2 < leaves.length) k *= 2
    return [leaves.slice(0, k), leaves.slice(k)]
  }
  function rootOf(leaves: Uint8Array[]): Uint8Array {
    if (leaves.length === 1) return leaves[0] as Uint8Array
    const [left, right] = split(leaves)
    return node(rootOf(left), rootOf(right))
  }
  function pathOf(index: number, leaves: Uint8Array[]): Uint8Array[] {
    if (leaves.length === 1) return []
    const [left, right] = split(leaves)
    return index < left.length ? [...pathOf(index, left), rootOf(right)] : [...pathOf(index - left.length, right), rootOf(left)]
  }

  it('is found for every leaf of every small tree, and for no other place', async () => {
    for (let count = 1; count <= 17; count++) {
      const leaves = Array.from({ length: count }, (_, i) => sha256(String(i)))
      const root = base64(rootOf(leaves))
      for (const [at, leaf] of leaves.entries()) {
        const path = pathOf(at, leaves)
        const right: number[] = []
        for (let index = 0; index <= count; index++) {
          const found = await rootFrom(index, count, leaf, path).catch(() => undefined)
          if (found && base64(found) === root) right.push(index)
        }
        expect(right, `leaf ${at} of ${count}`).toEqual([at])
      }
    }
  })

  it('is as long as the tree is high, beyond 32 bits too', async () => {
    const path = Array.from({ length: 40 }, (_, i) => sha256(String(i)))
    const leaf = sha256('leaf')
    const want = path.reduce((hash, sibling) => node(sibling, hash), leaf)
    expect(base64(await rootFrom(2 ** 40 - 1, 2 ** 40, leaf, path))).toBe(base64(want))
    await expect(rootFrom(2 ** 40 - 1, 2 ** 40, leaf, path.slice(1))).rejects.toThrow('other_root')
  })
})

describe('the verdict', () => {
  const held = [...names, 'status'].map((name) => ({ name, state: 'ok' }))
  const but = (name: string, state: string) => held.map((one) => (one.name === name ? { name, state } : one))
  const worth = { status: 'valid', conclusion: 'pass' }

  it('is good only of a document in force that passed', () => {
    expect(overall(held, worth)).toBe('valid')
    expect(overall(held, { status: 'valid', conclusion: 'fail' })).toBe('failed')
    for (const status of ['expired', 'superseded', 'revoked']) expect(overall(held, { status, conclusion: 'pass' })).toBe(status)
  })

  it('is not good when a step is false, unknown or missing', () => {
    for (const { name } of held) {
      expect(overall(but(name, 'bad'), worth)).toBe('bad')
      expect(overall(but(name, 'unknown'), worth)).toBe('unknown')
      expect(overall(held.filter((one) => one.name !== name), worth)).toBe('unknown')
    }
    expect(overall([...but('file', 'unknown').slice(0, -1), { name: 'status', state: 'bad' }], worth)).toBe('bad')
  })

  it('trusts the server only for a status that it knows', async () => {
    expect(await told(worth)).toEqual({ name: 'status', state: 'ok' })
    for (const status of [{ status: 'fine', conclusion: 'pass' }, { status: 'valid' }, {}, 'no JSON', []]) {
      expect(await told(status)).toEqual({ name: 'status', state: 'unknown', reason: 'no_status' })
    }
    expect(await told(null)).toEqual({ name: 'status', state: 'unknown', reason: 'unreachable' })
  })
})
