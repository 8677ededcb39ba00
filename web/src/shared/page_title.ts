import { useEffect } from 'react'

const product = document.title

/** Names the page in the browser's tab and history: what is shown first, then the product. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${product}`
  }, [title])
}
