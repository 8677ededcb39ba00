import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, NavLink, Outlet, RouterProvider } from 'react-router'
import { Look } from '../src/app/App'
import '../src/app/palette.css'
import { giveStylesNonce } from '../src/app/style_nonce'
import { LanguageProvider } from '../src/i18n/LanguageProvider'
import { LanguageSwitch } from '../src/i18n/LanguageSwitch'
import { SessionProvider } from '../src/session/SessionProvider'
import { startFakeServer } from './fake_server'
import { FormSection } from './FormSection'
import { GridSection } from './GridSection'
import { ListSection } from './ListSection'
import { PartsSection } from './PartsSection'

startFakeServer()
giveStylesNonce()

const sections = [
  { path: '/', name: 'Grid', Component: GridSection },
  { path: '/list', name: 'List', Component: ListSection },
  { path: '/form', name: 'Form', Component: FormSection },
  { path: '/parts', name: 'Parts', Component: PartsSection },
]

function Frame() {
  return (
    <main style={{ maxWidth: 1240, margin: '0 auto', padding: 16 }}>
      <nav style={{ display: 'flex', gap: 16, alignItems: 'center', marginBottom: 16 }} aria-label="Gallery">
        {sections.map(({ path, name }) => (
          <NavLink key={path} to={path}>
            {name}
          </NavLink>
        ))}
        <LanguageSwitch />
      </nav>
      <Outlet />
    </main>
  )
}

const router = createBrowserRouter([{ Component: Frame, children: sections.map(({ path, Component }) => ({ path, Component })) }])
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <LanguageProvider>
    <Look>
      <QueryClientProvider client={new QueryClient()}>
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
      </QueryClientProvider>
    </Look>
  </LanguageProvider>,
)
