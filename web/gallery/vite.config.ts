import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The gallery: our parts alone, without a server, to look at and to test in a browser under the policy of the real app. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: '../node_modules/.gallery',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
  preview: {
    host: '127.0.0.1',
    port: Number(process.env.HENGJIAN_GALLERY_PORT ?? 4180),
    strictPort: true,
    headers: {
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-gallery'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'",
    },
  },
})
