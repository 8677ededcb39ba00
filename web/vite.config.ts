import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { firstLoadBudget, keepFolder, precompress } from './build/plugins.ts'

/** The server that `npm run dev` passes requests on to. */
const server = process.env.HENGJIAN_URL ?? 'http://localhost:8080'

export default defineConfig({
  publicDir: false,
  plugins: [react(), precompress(), keepFolder(), firstLoadBudget(285)],
  build: {
    outDir: 'dist',
    target: 'es2022',
    // Small files stay files: data: addresses would need an opening in the page's policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/api': server, '/v': server, '/compare.js': server, '/openapi.json': server } },
})
