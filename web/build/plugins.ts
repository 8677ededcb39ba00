import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const worthCompressing = /\.(js|css|svg|json|wasm)$/
const smallest = 1024

/** Emits file.gz beside each text asset, so that the server sends it as it is. index.html changes with each answer. */
export function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post', // after vite has put in what a lazy page preloads, else the packed file is another one
      handler(_options, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          if (!worthCompressing.test(fileName)) continue
          const content = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          if (content.length < smallest) continue
          this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(content, { level: 9 }) })
        }
      },
    },
  }
}

/** Fails the build when what the first visit loads, before any page of its own, grows beyond so many kilobytes of gzip. */
export function firstLoadBudget(kilobytes: number): Plugin {
  return {
    name: 'first-load-budget',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const wanted = new Set<string>()
      const take = (fileName: string) => {
        const file = bundle[fileName]
        if (wanted.has(fileName) || file?.type !== 'chunk') return
        wanted.add(fileName)
        file.imports.forEach(take)
      }
      for (const file of Object.values(bundle)) if (file.type === 'chunk' && file.isEntry) take(file.fileName)
      const size = [...wanted].reduce((sum, name) => sum + packedSize(bundle[name]), 0) / 1024
      if (wanted.size === 0 || size > kilobytes) this.error(`the first load is ${size.toFixed(0)} KB of gzip, the budget ${kilobytes} KB`)
    },
  }
}

function packedSize(file: { type: string; code?: string } | undefined): number {
  return file?.code === undefined ? 0 : gzipSync(file.code).length
}

/** Puts dist/.gitkeep back, which the emptying of dist takes away: without it an unbuilt clone does not compile in Go. */
export function keepFolder(): Plugin {
  return {
    name: 'keep-folder',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '.gitkeep', source: '' })
    },
  }
}
