import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App as AntdApp, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { useEffect, type ReactNode } from 'react'
import { createBrowserRouter, RouterProvider } from 'react-router'
import { Problem } from '../api/problem'
import { LanguageProvider, useLanguage } from '../i18n/LanguageProvider'
import { SessionProvider } from '../session/SessionProvider'
import { Waiting } from '../shared/Waiting'
import { HomePage } from './HomePage'
import { NotFoundPage } from './NotFoundPage'
import { PageProblem } from './PageProblem'
import { pages } from './routes'
import { Shell } from './Shell'
import { nonce } from './style_nonce'
import { theme } from './theme'

const retries = 2

/** Reads are tried again when the server did not answer; a refusal is an answer. */
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, problem) => failures < retries && problem instanceof Problem && problem.outcomeUnknown,
    },
  },
})

const router = createBrowserRouter([
  {
    Component: Shell,
    HydrateFallback: Waiting,
    children: [
      {
        ErrorBoundary: PageProblem,
        children: [{ index: true, Component: HomePage }, ...pages, { path: '*', Component: NotFoundPage }],
      },
    ],
  },
])

/** Everything that surrounds the pages: language, look, answers, session, addresses. */
export function App() {
  return (
    <LanguageProvider>
      <Look>
        <QueryClientProvider client={client}>
          <SessionProvider>
            <RouterProvider router={router} />
          </SessionProvider>
        </QueryClientProvider>
      </Look>
    </LanguageProvider>
  )
}

/** antd in our colours and in the language of the interface, with the nonce that the page's policy asks of styles. */
export function Look({ children }: { children: ReactNode }) {
  const { language } = useLanguage()
  useEffect(() => {
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en')
  }, [language])
  return (
    <ConfigProvider theme={theme} locale={language === 'zh' ? zhCN : enUS} csp={{ nonce }} button={{ autoInsertSpace: false }}>
      <AntdApp>{children}</AntdApp>
    </ConfigProvider>
  )
}
