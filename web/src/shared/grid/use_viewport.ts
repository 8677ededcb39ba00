import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { revealed, type Viewport } from './geometry'

export interface GridViewport {
  frame: RefObject<HTMLDivElement | null>
  viewport: Viewport
  onScroll: () => void
  /** Scrolls so that a cell is seen in full; `span` is where its column begins and ends. */
  reveal: (row: number, span: { start: number; end: number }, frozen: number) => void
}

const unseen: Viewport = { top: 0, left: 0, width: 0, height: 600 }

/** What is seen of the scrolled grid. */
export function useViewport(): GridViewport {
  const frame = useRef<HTMLDivElement>(null)
  const [viewport, setViewport] = useState(unseen)

  const onScroll = useCallback(() => {
    const next = frame.current ? measured(frame.current) : unseen
    setViewport((now) => (isSame(now, next) ? now : next))
  }, [])

  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    onScroll()
    const observer = new ResizeObserver(onScroll)
    observer.observe(element)
    return () => observer.disconnect()
  }, [onScroll])

  const reveal = useCallback<GridViewport['reveal']>((row, span, frozen) => {
    const element = frame.current
    element?.scrollTo(revealed(measured(element), row, span, frozen))
  }, [])

  return { frame, viewport, onScroll, reveal }
}

function measured(element: HTMLElement): Viewport {
  return { top: element.scrollTop, left: element.scrollLeft, width: element.clientWidth, height: element.clientHeight }
}

function isSame(a: Viewport, b: Viewport): boolean {
  return a.top === b.top && a.left === b.left && a.width === b.width && a.height === b.height
}
